internal import ArgumentParser
internal import Journal
internal import Store

/// `log`: lists the operations.
struct LogCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "List what was done to a layout, newest first.",
    usage: "umoci-tx log [--layout <path>] [<options>]",
    discussion: """
      Each line has a sequence number and an id, by which other commands know the operation, the \
      time (UTC), the user, the kind, and which tags went from which digest to which. What other \
      tools did shows as `external`.

      Examples:
        umoci-tx log --layout images/app -n 10
        umoci-tx log --tag latest --since yesterday
        umoci-tx log --who alice --kind remove
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("Only operations that changed this tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []

  @Option(
    name: [.customLong("limit"), .customShort("n")],
    help: ArgumentHelp("At most so many operations.", valueName: "count"))
  var limit: String?

  @Option(
    help: ArgumentHelp(
      "Only operations since then: 2026-11-20, 2026-11-20T10:00Z, yesterday, 3.days.ago.",
      valueName: "time"))
  var since: String?

  @Option(
    name: .customLong("who"),
    help: ArgumentHelp(
      "Only operations of this user, by name or id; may be repeated.", valueName: "user"))
  var users: [String] = []

  @Option(
    name: .customLong("kind"),
    help: ArgumentHelp("Only operations of this kind; may be repeated.", valueName: "kind"))
  var kinds: [String] = []

  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    var query = try LogQuery(
      tags: tags, limit: limit, since: since, now: context.invocation.now())
    (query.users, query.kinds) = (users, kinds)
    let history = try ReadableLayout(path).historyIfAny()
    if history == nil { context.messages.notice("no history yet: \(path)") }
    let listing = OperationListing(operations: try history.map(query.run) ?? [])
    if output.json { return try context.output.document(listing.json) }
    for line in listing.lines(style: context.output.style) { try context.output.line(line) }
  }
}
