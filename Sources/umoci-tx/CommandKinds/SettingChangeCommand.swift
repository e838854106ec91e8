internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// A command that changes a setting.
protocol SettingChangeCommand: WritingCommand {
  var layout: CurrentLayoutOption { get }
  var name: String { get }
  /// The value that it sets; nil for the default.
  var newValue: String? { get }
}

extension SettingChangeCommand {
  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let setting = try LayoutSetting.named(name)
    let change = try ChangeSetting(setting, to: newValue)
    var runner = try context.runner(path, writing)
    if setting == .foreign {
      // Who decides what is done about foreign changes must not be stopped by one.
      runner.options.insteadOfRefusal = ForeignPolicy(rawValue: setting.effective(newValue))
    }
    let (outcome, recovery) = try runner.run(change)
    let report = OutcomeReport(outcome, unchanged: "\(name) is \(setting.words(newValue)) already")
    RecoveryText(recovery).tell(context.messages)
    guard output.json else { return try context.present(report, asJSON: false, .quiet) }
    var object = report.json.objectValue ?? JSONObject()
    object["setting"] = SettingsListing.json(setting, newValue)
    try context.output.document(.object(object))
  }
}
