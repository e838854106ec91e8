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
    name: [.customLong("limit"), .customShort("n")],
    help: ArgumentHelp("At most so many operations.", valueName: "count"))
  var limit: String?

  @OptionGroup var filter: OperationFilterOptions
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let query = try filter.query(limit: limit, now: context.invocation.now())
    let readable = try ReadableLayout(historyAt: path)
    let history = try readable.historyIfAny()
    try query.checkKinds(in: history)
    if history == nil { tellOfNone(readable, context.messages) }
    if let history { try query.tellUnknown(in: history, readable, context.messages) }
    if let lost = try history?.lostHistory() {
      context.messages.log(.warning, lost.explanation)
    }
    let listing = OperationListing(operations: try history.map(query.run) ?? [])
    if history != nil, listing.operations.isEmpty {
      context.messages.notice("no operation matches")
    }
    if output.json { return try context.output.document(listing.json) }
    for line in listing.lines(style: context.output.style) { try context.output.line(line) }
  }

  private func tellOfNone(_ readable: ReadableLayout, _ messages: MessageWriter) {
    if let lost = LostHistory(removedFrom: readable.layout) {
      messages.log(.warning, lost.removal)
    } else {
      messages.notice("no history yet: \(readable.layout.path)")
    }
  }
}
