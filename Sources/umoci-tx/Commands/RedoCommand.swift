internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `redo`: takes your newest undo back.
struct RedoCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "redo",
    abstract: "Bring back what your newest undo took away.",
    usage: "umoci-tx redo [--layout <path>] [<options>] [<op>]",
    discussion: """
      Repeated, it brings back one undo after the other. It ends where you have done something else \
      since: OP reaches further back. It is an undo, or an operation that is undone.

      Example:
        umoci-tx redo --layout images/app
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: ArgumentHelp("The operation. (default: your newest undo)", valueName: "op"))
  var operation: String?

  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let now = context.invocation.now()
    let name = try operation.map { try OperationReference(argument: $0, "operation", now: now) }
    let runner = try context.runner(path, writing)
    let (choice, result) = try HistoryMoment.reading(runner.layout, isDry: writing.dryRun) {
      let history = try ReadableLayout(path).history()
      let choice =
        try name.map { Reversal.Choice(target: try Reversal.redoTarget($0, in: history)) }
        ?? Reversal.redoTarget(in: history, userID: context.invocation.userID)
      return (choice, try runner.run(UndoOperation(choice.target, kind: .redo)))
    }
    choice.tell(context.messages)
    try context.present(
      result, asJSON: output.json, .spoken, unchanged: choice.target.nothingToReverse)
  }
}
