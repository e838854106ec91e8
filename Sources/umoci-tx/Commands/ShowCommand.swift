internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `show`: tells everything about one operation.
struct ShowCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything that is recorded about an operation.",
    usage: "umoci-tx show [--layout <path>] [<op>]",
    discussion: """
      An operation is named by its number (12), by the beginning of its id, by `@` for the newest, \
      or by TAG@{1} for the one that gave a tag that value; 12^ is the one before 12, @~2 the one \
      two before the newest. So it is wherever an operation is named.

      Examples:
        umoci-tx show --layout images/app 12
        umoci-tx show @
        umoci-tx show latest@{1}
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: ArgumentHelp("The operation.", valueName: "op"))
  var operation = "@"

  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let name = try OperationReference(
      argument: operation, "operation", now: context.invocation.now())
    let readable = try ReadableLayout(historyAt: path)
    let history = try readable.history()
    let operation = try history.operation(name)
    let report = OperationReport(record: operation.record)
    let lookup = ImageLookup(
      readable.layout, history: history, index: .empty, context.invocation)
    let difference = try DiffReport(operation.record.edits, lookup)
    if output.json {
      var object = report.json.objectValue ?? JSONObject()
      object["differences"] = difference.json
      return try context.output.document(.object(object))
    }
    for line in report.lines(style: context.output.style) { try context.output.line(line) }
    try difference.writeDetails(to: context.output)
  }
}
