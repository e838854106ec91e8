internal import ArgumentParser
internal import Journal
internal import Store

/// `recover`: finishes or rolls back what a crash interrupted.
struct RecoverCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Finish or roll back what a crash interrupted, and put the layout in order.",
    usage: "umoci-tx recover [--layout <path>] [<options>]",
    discussion: """
      Every writing command does this first by itself; running it twice does no harm. It also \
      records what other tools changed and puts back what they overwrote, repairs a torn \
      index.json, and rebuilds a damaged journal. Operations that still run are left alone.

      Example:
        umoci-tx recover --layout images/app

      On a file system that other hosts may use, only the machine that wrote last may write. \
      `--take-over` lets this one go on, when nothing writes on the other one any more; the \
      history tells it.
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Flag(
    help: "Go on from index.json as it is, whatever the history says: a past state, or a backup.")
  var acceptIndex = false

  @Flag(
    help: "Keep what other tools made of index.json, also where they overwrote newer changes.")
  var adopt = false

  @Flag(help: "Go on where another machine wrote last; nothing there may write any more.")
  var takeOver = false

  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    if acceptIndex && adopt {
      throw UsageError("--accept-index and --adopt exclude each other")
    }
    var options = try writing.options()
    options.takesOver = takeOver
    if writing.dryRun {
      let readable = try ReadableLayout(historyAt: path)
      let status = try JournalStatus(
        of: readable.layout, readable.historyIfAny(), now: context.invocation.now())
      return try StatusReport(status, path: path, machine: context.invocation.machineID)
        .write(to: context, asJSON: output.json)
    }
    let (layout, mended) = try LayoutMending.makeReady(path, options)
    let journal = try OperationJournal(
      writing: layout, context.invocation(writing.reason), options)
    var report = try journal.recover(mode)
    report.notes = mended + report.notes
    if takeOver {
      let record = try journal.takeOver()
      report.notes.append(
        record.map { "this machine took the layout over (operation \($0.sequence))" }
          ?? "there is nothing to take over: this machine wrote last")
    }
    let text = RecoveryText(report)
    if output.json { return try context.output.document(text.json) }
    try context.output.lines(text.lines, context.messages.hints)
  }

  private var mode: RecoveryMode {
    if acceptIndex { return .acceptingIndex }
    return adopt ? .adopting : .thorough
  }
}
