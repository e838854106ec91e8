internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `undo`: takes an operation back.
struct UndoCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take an operation back, as a new operation.",
    usage: "umoci-tx undo [--layout <path>] [<options>] [<op>]",
    discussion: """
      Without OP it is the newest thing that you did yourself, which `gc` and other upkeep is not; \
      repeated, it goes further back. What cannot be taken back because its content is gone is \
      passed over, and told. Only the tags and settings of that operation change; what happened to \
      others since stays. What was set since, be it to the same value, is a conflict (75), unless \
      `--force` sets it back anyway.

      Examples:
        umoci-tx undo --layout images/app --dry-run
        umoci-tx undo 12 -m "1.1 was broken"
      """)

  @OptionGroup var layout: CurrentLayoutOption

  @Argument(help: ArgumentHelp("The operation. (default: your newest)", valueName: "op"))
  var operation: String?

  @Flag(help: "Set back even what has been set since; says what that loses.")
  var force = false

  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let now = context.invocation.now()
    let name = try operation.map { try OperationReference(argument: $0, "operation", now: now) }
    let runner = try context.runner(path, writing)
    let (choice, result) = try HistoryMoment.reading(runner.layout, isDry: writing.dryRun) {
      let choice = try choose(name, in: ReadableLayout(path).history(), context)
      return (choice, try runner.run(UndoOperation(choice.target, isForced: force)))
    }
    let target = choice.target
    choice.tell(context.messages)
    if writing.dryRun, target.edits.isEmpty, let reversal = BlobReversal(of: target) {
      return try present(reversal, context)
    }
    tellLosses(of: result.0, target, context)
    try context.present(
      result, asJSON: output.json, .spoken,
      unchanged: target.nothingToReverse)
    guard case .planned(let edits, _) = result.0, !output.json else { return }
    let lookup = try context.lookup(path, atOperation: nil)
    try DiffReport(edits, lookup).writeDetails(to: context.output)
  }

  private func choose(
    _ name: OperationReference?, in history: OperationHistory, _ context: CommandContext
  ) throws -> Reversal.Choice {
    if let name { return Reversal.Choice(target: try history.operation(name).record) }
    return try Reversal.undoTarget(in: history, userID: context.invocation.userID)
  }

  /// Tells what taking back a gc would do.
  private func present(_ reversal: BlobReversal, _ context: CommandContext) throws {
    let (verb, blobs) =
      switch reversal {
      case .bringBack(let blobs): ("would bring back", blobs)
      case .takeAway(let blobs): ("would move to the trash, as far as nothing needs it now,", blobs)
      }
    if output.json {
      return try context.output.document([
        "outcome": "planned", "edits": JSONValue([JSONValue]()),
        "blobs": JSONValue(blobs.map { JSONValue($0.digest.description) }),
      ])
    }
    let bytes = ByteCount(sum: blobs.map(\.size))
    try context.output.line("\(verb) \(CollectionText.total(Int64(blobs.count), bytes))")
  }

  /// Names the later moves that `--force` took back as well.
  private func tellLosses(
    of outcome: MutationOutcome, _ target: OperationRecord, _ context: CommandContext
  ) {
    guard force, case .committed(let record) = outcome else { return }
    for edit in record.edits {
      let expected = target.edits.first { $0.key == edit.key }?.after ?? []
      if expected.map(\.digest) == edit.before.map(\.digest) { continue }
      context.messages.log(
        .warning,
        "\(EditText.key(edit.key)) had moved on to \(EditText.side(edit.before));"
          + " `umoci-tx undo \(record.sequence)` brings that back")
    }
    for edit in record.settings {
      let expected = target.settings.first { $0.name == edit.name }
      if expected?.after == edit.before { continue }
      context.messages.log(
        .warning,
        "\(edit.name) had been set to \(SettingText.value(edit.before, edit.name)) since;"
          + " `umoci-tx undo \(record.sequence)` brings that back")
    }
  }
}

extension OperationRecord {
  /// Why taking it back changes nothing.
  var nothingToReverse: String {
    if !moves.isEmpty { return "no blob is to be moved" }
    let what = edits.isEmpty ? "settings" : "tags"
    return "the \(what) are what they were before operation \(sequence)"
  }
}

extension Reversal.Choice {
  /// Tells what was passed over on the way to the operation.
  func tell(_ messages: MessageWriter) {
    for record in passedOver {
      messages.log(
        .warning,
        "\(record.title) cannot be taken back, since what it would need is gone:"
          + " passed over for \(target.title)")
    }
    for record in stuck {
      messages.log(
        .warning,
        "\(record.title) cannot be taken back, since what set its tags again cannot:"
          + " passed over for \(target.title)")
    }
  }
}
