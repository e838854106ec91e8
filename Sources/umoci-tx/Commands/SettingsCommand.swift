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
      tells which there are, what they mean and which values they take.

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
    let layout = try ReadableLayout(try layout.path()).layout
    let listing = SettingsListing(try LayoutSetting.all.map { ($0, try $0.value(in: layout)) })
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
    let value = try setting.value(in: ReadableLayout(path).layout)
    if output.json {
      return try context.output.document(SettingsListing.json(setting, value))
    }
    try context.output.line(TerminalText.escaped(value ?? setting.defaultValue))
  }
}

/// `settings set`: changes one setting.
struct SettingsSetCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Change a setting.",
    usage: "umoci-tx settings set [--layout <path>] [<options>] <name> <value>",
    discussion: """
      Settings are no part of the history, so `umoci-tx undo` does not reach them.

      Example:
        umoci-tx settings set foreign refuse --layout images/app
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: "The setting.", completion: .list(LayoutSetting.all.map(\.name)))
  var name: String

  @Argument(help: "Its new value.")
  var value: String

  @OptionGroup var change: SettingChangeFlags
  @OptionGroup var output: OutputOptions

  var tellsOfChange: Bool { !change.dryRun }

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let setting = try LayoutSetting.named(name)
    try setting.check(value)
    try change.apply(value, to: setting, at: path, asJSON: output.json, context)
  }
}

/// `settings unset`: goes back to the default.
struct SettingsUnsetCommand: ContextualCommand {
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

  @OptionGroup var change: SettingChangeFlags
  @OptionGroup var output: OutputOptions

  var tellsOfChange: Bool { !change.dryRun }

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    try change.apply(
      nil, to: try LayoutSetting.named(name), at: path, asJSON: output.json, context)
  }
}
