internal import Journal
internal import Mutations
internal import Store

/// How loudly a writing command tells what it did.
enum Announcement {
  /// As umoci: nothing on standard output; a person at a terminal gets a notice.
  case quiet
  /// On standard output.
  case spoken
}

extension CommandContext {
  /// The invocation with the reason that the user gave.
  func invocation(_ reason: MessageOption) -> Invocation {
    var invocation = invocation
    invocation.message = reason.message.flatMap { $0.isEmpty ? nil : $0 }
    return invocation
  }

  /// A runner for one writing command on a layout.
  func runner(
    _ path: String, _ writing: WritingFlags, expecting expectation: Expectation? = nil
  ) throws -> MutationRunner {
    let options = try writing.options()
    return MutationRunner(
      layout: try ImageLayout.open(path), invocation: invocation(writing.reason),
      options: options,
      isDryRun: writing.dryRun, expectation: expectation)
  }

  /// Tells what became of a writing command, and what recovery did on the way.
  ///
  /// - Parameter unchanged: Why nothing had to be done, if so.
  func present(
    _ result: (MutationOutcome, RecoveryReport), asJSON: Bool, _ announcement: Announcement,
    unchanged: @autoclosure () -> String
  ) throws {
    let (outcome, recovery) = result
    RecoveryText(recovery).tell(messages)
    try present(OutcomeReport(outcome, unchanged: unchanged()), asJSON: asJSON, announcement)
  }

  /// Tells what a writing command did.
  func present(_ report: OutcomeReport, asJSON: Bool, _ announcement: Announcement) throws {
    if asJSON { return try output.document(report.json) }
    if announcement == .spoken || report.isPlan {
      for line in report.lines(style: output.style) { try output.line(line) }
    } else {
      messages.notice(report.lines(style: messages.style).joined(separator: "\n"))
    }
  }
}
