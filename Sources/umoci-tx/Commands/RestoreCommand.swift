internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `restore`: sets tags back to what they were.
struct RestoreCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Set all tags, or some, back to what they were.",
    usage: "umoci-tx restore [--layout <path>] --to <op|time> [--tag <tag> ...] [<options>]",
    discussion: """
      Goes back to the state after an operation or at a time, as one new operation, after checking \
      that everything it needs is still there. Tags that did not exist then are removed; settings \
      stay as they are. Nothing is lost: `umoci-tx undo` takes a restore back too.

      Examples:
        umoci-tx restore --layout images/app --to 12 --dry-run
        umoci-tx restore --to 2026-11-20T10:00Z --tag latest --tag 1.0
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "An operation (12, 12^, kxmq, @, TAG@{1}) or a time (2026-11-20T10:00Z, 09:01, today, 2h);"
        + " times without a zone are UTC.",
      valueName: "op|time"))
  var target: String?

  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("Only this tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []

  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    guard let target else {
      throw UsageError.missing("--to", hint: "name an operation or a time: `--to 12`")
    }
    let now = context.invocation.now()
    let point = try HistoryPoint(parsing: target, now: now)
    let names = try tags.map { try TagName.parse($0, "--tag").rawValue }
    let runner = try context.runner(path, writing)
    let readable = try ReadableLayout(path)
    let history = try readable.history()
    let operation = try point.operation(in: history, now: now)
    for name in names { try readable.checkKnown(name, in: history) }
    let restore = RestoreState(
      to: operation, tags: names.isEmpty ? nil : Set(names))
    try context.present(
      try runner.run(restore), asJSON: output.json, .spoken,
      unchanged: "everything is as it was after operation \(operation.sequence)")
  }
}
