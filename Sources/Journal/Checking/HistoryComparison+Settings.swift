internal import Store

/// The settings that hold, with those that the history says.
extension HistoryComparison {
  mutating func compareSettings() throws(JournalError) {
    let (found, recorded) = (try database.allSettings(), try database.recordedSettings())
    for name in Set(found.keys).union(recorded.keys).sorted()
    where found[name] != recorded[name] {
      check(name, found[name], recorded[name])
    }
    try noteUnrecorded()
  }

  /// What no operation has set since there are records of it.
  private mutating func noteUnrecorded() throws(JournalError) {
    let recorded = Set(try database.settingEdits().map(\.name))
    for name in try database.earlierSettings().valid.keys.sorted() where !recorded.contains(name) {
      differ(
        .setting(name), .settingUnrecorded,
        "it was set before settings were part of the history, which cannot tell by whom")
    }
  }

  private mutating func check(
    _ name: String, _ found: String?, _ recorded: String?
  ) {
    do throws(SettingError) {
      let setting = try LayoutSetting.named(name)
      if let found { try setting.check(found) }
      differ(
        .setting(name), .settingChanged,
        "it is \(setting.words(found)), and the history says \(setting.words(recorded))")
    } catch {
      differ(
        .setting(name), .settingInvalid, error.description)
    }
  }
}
