internal import ArgumentParser
internal import Journal
internal import Store

/// What the commands that change a setting take, and how they do it.
struct SettingChangeFlags: ParsableArguments {
  @OptionGroup var locking: LockingFlags

  @Flag(help: "Say what would change, and change nothing.")
  var dryRun = false

  /// Sets a setting to a value, or back to its default, and tells about it.
  func apply(
    _ value: String?, to setting: LayoutSetting, at path: String, asJSON: Bool,
    _ context: CommandContext
  ) throws {
    let options = try locking.options()
    let readable = try ReadableLayout(path)
    let before = try setting.value(in: readable.layout)
    if value != before, !dryRun {
      try OperationJournal(writing: readable.layout, context.invocation, options)
        .setSetting(setting.name, to: value)
    }
    let outcome = value == before ? "unchanged" : dryRun ? "planned" : "committed"
    if asJSON {
      return try context.output.document([
        "outcome": JSONValue(outcome), "setting": SettingsListing.json(setting, value),
      ])
    }
    let change =
      "\(setting.name): \(TerminalText.escaped(before ?? setting.defaultValue))"
      + " -> \(value ?? setting.defaultValue)"
    switch outcome {
    case "planned": try context.output.line("would change \(change)")
    case "committed": context.messages.notice(change)
    default: context.messages.notice("nothing to do: \(setting.name) is so already")
    }
  }
}
