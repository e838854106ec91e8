internal import ArgumentParser
internal import Journal
internal import Store

/// `settings`: what a layout's journal is told to do.
struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "Read and change the settings of a layout.",
    usage: "umoci-tx settings <subcommand>",
    discussion: """
      Settings belong to the layout and hold for everybody who writes to it. `settings list` \
      tells which there are, what they mean and which values they take. A change is an operation: \
      `umoci-tx log --kind settings` lists them all, and `umoci-tx undo` takes one back.

      Examples:
        umoci-tx settings list --layout images/app
        umoci-tx settings set foreign refuse --layout images/app
      """,
    subcommands: [
      SettingsListCommand.self, SettingsGetCommand.self, SettingsSetCommand.self,
      SettingsUnsetCommand.self,
    ],
    defaultSubcommand: SettingsListCommand.self)
}

/// `settings list`: all settings.
struct SettingsListCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List all settings, their values and what they mean.",
    usage: "umoci-tx settings list [--layout <path>] [--json]",
    discussion: """
      Example:
        umoci-tx settings list --layout images/app
      """,
    aliases: ["ls"])

  @OptionGroup var layout: CurrentLayoutOption
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let history = try ReadableLayout(historyAt: try layout.path()).historyIfAny()
    let listing = SettingsListing(
      try LayoutSetting.all.map { ($0, try history?.setting($0.name)) })
    if output.json { return try context.output.document(listing.json) }
    for line in listing.lines(style: context.output.style) { try context.output.line(line) }
  }
}

/// `settings get`: one setting.
struct SettingsGetCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Print the value of a setting.",
    usage: "umoci-tx settings get [--layout <path>] <name>",
    discussion: """
      Prints the default where nothing is set.

      Example:
        umoci-tx settings get foreign --layout images/app
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: "The setting.", completion: .list(LayoutSetting.all.map(\.name)))
  var name: String

  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let setting = try LayoutSetting.named(name)
    let value = try ReadableLayout(historyAt: path).historyIfAny()?.setting(name)
    if output.json {
      return try context.output.document(SettingsListing.json(setting, value))
    }
    try context.output.line(TerminalText.escaped(setting.effective(value)))
  }
}

/// `settings set`: changes one setting.
struct SettingsSetCommand: SettingChangeCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Change a setting.",
    usage: "umoci-tx settings set [--layout <path>] [<options>] <name> <value>",
    discussion: """
      The change is an operation of the history, which `umoci-tx undo` takes back; `umoci-tx \
      restore` leaves settings alone. Setting the value that is set already changes nothing.

      Examples:
        umoci-tx settings set foreign refuse --layout images/app
        umoci-tx settings set undo-days 365 -m "the audit wants a year"
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: "The setting.", completion: .list(LayoutSetting.all.map(\.name)))
  var name: String

  @Argument(help: "Its new value.")
  var value: String

  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  var newValue: String? { value }
}

/// `settings unset`: goes back to the default.
struct SettingsUnsetCommand: SettingChangeCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset",
    abstract: "Go back to the default of a setting.",
    usage: "umoci-tx settings unset [--layout <path>] [<options>] <name>",
    discussion: """
      Example:
        umoci-tx settings unset foreign --layout images/app
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: "The setting.", completion: .list(LayoutSetting.all.map(\.name)))
  var name: String

  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  var newValue: String? { nil }
}
