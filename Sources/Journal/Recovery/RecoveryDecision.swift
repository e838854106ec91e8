/// What to do with an operation whose process is gone.
enum RecoveryDecision: Equatable, Sendable {
  /// Forget it: nothing of it is visible.
  case rollBack(reason: String)
  /// Finish it: swap the index that it staged.
  case publish
  /// Finish it on top of what others have done since.
  case republish
  /// It is done; say so and look at what it replaced.
  case confirm
  /// Only leftovers.
  case tidy

  /// Decides from the evidence alone; docs/crash-consistency.md has the table.
  init(_ evidence: RecoveryEvidence) {
    switch (evidence.state, evidence.staged) {
    case (nil, _): self = .rollBack(reason: "it had not said yet what it wanted")
    case (.intent, _): self = .rollBack(reason: "it ended before it was prepared")
    case (.committed, _), (.rolledBack, _): self = .tidy
    case (.prepared, .retracted): self = .rollBack(reason: "it failed and took itself back")
    case (.prepared, .halfSwapped):
      self = .rollBack(reason: "a power cut took the index that it was publishing")
    case (.prepared, .replaced), (.prepared, .absent): self = .confirm
    case (.prepared, .new): self = Self.ofStaged(evidence)
    }
  }

  private static func ofStaged(_ evidence: RecoveryEvidence) -> RecoveryDecision {
    switch evidence.index {
    // Half of a swap, or a copy made in the middle of it, left the new index at both places.
    case .stamped: .confirm
    case .asFound: .publish
    case .other:
      evidence.doEditsApply
        ? .republish : .rollBack(reason: "a tag that it wanted to change has been moved since")
    }
  }
}
