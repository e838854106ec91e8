internal import ArgumentParser
internal import Journal
internal import Store

/// `who`: who moved a tag last.
struct WhoCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "who",
    abstract: "Tell who moved a tag last, when, from what to what, and why.",
    usage: "umoci-tx who [--layout <path>] <tag>",
    discussion: """
      What changed inside of the image, `umoci-tx show OP` tells; all moves, `umoci-tx log --tag \
      TAG`.

      Example:
        umoci-tx who --layout images/app latest
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: ArgumentHelp("The tag.", valueName: "tag"))
  var tag: String?

  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    guard let tag, !tag.isEmpty else {
      throw UsageError.missing("<tag>", hint: "name a tag; `umoci-tx ls` lists them")
    }
    let readable = try ReadableLayout(historyAt: path)
    let history = try readable.history()
    let index = try readable.index(atOperation: nil, context.messages)
    let now = index.entries(named: tag).map(\.descriptor)
    let move = try history.operations(HistoryFilter(tag: tag, limit: 1)).first
    guard move != nil || !now.isEmpty else {
      throw ReferenceError.notFound(
        name: tag, similar: SimilarNames.find(tag, among: index.referenceNames))
    }
    let report = WhoReport(tag: tag, now: now, move: move)
    if output.json { return try context.output.document(report.json) }
    for line in report.lines(style: context.output.style) { try context.output.line(line) }
  }
}
