internal import ArgumentParser
internal import Journal
internal import Store

/// `status`: tells how a layout is doing.
struct StatusCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tell how a layout is doing, without changing it.",
    usage: "umoci-tx status [--layout <path>] [--json]",
    discussion: """
      Operations that run or that a crash left behind, changes by other tools that are not \
      recorded yet, conflicts, what is kept for undo and its size, and how much safety the file \
      system gives.

      Example:
        umoci-tx status --layout images/app
      """)

  @OptionGroup var layout: CurrentLayoutOption
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let readable = try ReadableLayout(historyAt: path)
    let history = try readable.historyIfAny()
    // Without a history there is nothing to compare a broken index with: it is an error as such.
    if history == nil { _ = try readable.layout.readIndex() }
    let status = try JournalStatus(
      of: readable.layout, history, now: context.invocation.now())
    try StatusReport(status, path: path, machine: context.invocation.machineID)
      .write(to: context, asJSON: output.json)
  }
}
