internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `redo`: takes your newest undo back.
struct RedoCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "redo",
    abstract: "Bring back what your newest undo took away.",
    usage: "umoci-tx redo [--layout <path>] [<options>]",
    discussion: """
      Repeated, it brings back one undo after the other. It ends where you have done something else \
      since: `umoci-tx undo OP` of an undo reaches further back.

      Example:
        umoci-tx redo --layout images/app
      """)

  @OptionGroup var layout: CurrentLayoutOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let runner = try context.runner(path, writing)
    let target = try Reversal.redoTarget(
      in: ReadableLayout(path).history(), userID: context.invocation.userID
    ).target(context.messages)
    try context.present(
      try runner.run(UndoOperation(target, kind: .redo)), asJSON: output.json, .spoken,
      unchanged: "the tags are what they were before operation \(target.sequence)")
  }
}
