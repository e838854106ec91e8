internal import ArgumentParser
internal import Journal
internal import Store

/// `leases`: what bundles need of a layout.
struct LeasesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leases",
    abstract: "List what bundles need of a layout, and end it.",
    usage: "umoci-tx leases <subcommand>",
    discussion: """
      As long as a bundle that was unpacked from the layout is there, its lease keeps gc from the \
      image that a repack builds on. It ends by itself with the next `gc` or `recover` on the \
      machine, and where the mounts are, that the bundle was on. What no machine can see any more \
      (a container's own file system, a host that is gone) stays until `leases drop` ends it.

      Examples:
        umoci-tx leases --layout images/app
        umoci-tx leases drop --layout images/app /var/lib/bundles/app
      """,
    subcommands: [LeasesListCommand.self, LeasesDropCommand.self],
    defaultSubcommand: LeasesListCommand.self)
}

/// `leases list`: all leases.
struct LeasesListCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List all leases, and whether their bundles can be seen from here.",
    usage: "umoci-tx leases list [--layout <path>] [--json]",
    discussion: """
      `here`: the bundle is at its path. `gone`: it is not, so that `gc` or `recover` ends the \
      lease. `not visible`: another machine, or another mount, may have it.

      Example:
        umoci-tx leases list --layout images/app
      """,
    aliases: ["ls"])

  @OptionGroup var layout: CurrentLayoutOption
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let history = try ReadableLayout(historyAt: try layout.path()).historyIfAny()
    let leases = try history?.observedLeases(from: context.invocation.machineID) ?? []
    let listing = LeaseListing(leases: leases)
    if output.json { return try context.output.document(listing.json) }
    for line in listing.lines(style: context.output.style) { try context.output.line(line) }
  }
}

/// `leases drop`: ends leases.
struct LeasesDropCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop",
    abstract: "End leases, and give up refreshes of their bundles that were interrupted.",
    usage: "umoci-tx leases drop [--layout <path>] [<options>] <bundle>...",
    discussion: """
      The next `gc` may take the image of the bundle; should the bundle still be there, it cannot \
      be repacked then. It is changed in no way.

      Example:
        umoci-tx leases drop --layout images/app /var/lib/bundles/app
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(
    help: ArgumentHelp("The bundle's path, or the id of its lease.", valueName: "bundle"))
  var bundles: [String] = []

  @OptionGroup var locking: LockingFlags

  @Flag(help: "Say what would end, and change nothing.")
  var dryRun = false

  @OptionGroup var output: OutputOptions

  var tellsOfChange: Bool { !dryRun }

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    guard !bundles.isEmpty else {
      throw UsageError.missing("<bundle>", hint: "`umoci-tx leases` lists them")
    }
    let readable = try ReadableLayout(path)
    _ = try readable.history()
    let journal = try OperationJournal(
      writing: readable.layout, context.invocation, locking.options())
    let dropped = try journal.dropLeases(bundles, isDry: dryRun)
    if output.json {
      return try context.output.document([
        "outcome": JSONValue(dryRun ? "planned" : "committed"),
        "dropped": JSONValue(dropped.map(\.json)),
      ])
    }
    for lease in dropped {
      let bundle = TerminalText.escaped(lease.bundle)
      try context.output.line((dryRun ? "would end" : "ended") + " the lease of \(bundle)")
    }
  }
}
