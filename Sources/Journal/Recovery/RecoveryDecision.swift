/// What is known of an operation whose process is gone.
struct RecoveryEvidence: Equatable, Sendable {
  /// What lies in the operation's stage under the name of the index.
  enum StagedIndex: Equatable, Sendable, CaseIterable {
    /// The index that it wanted to publish: the swap has not happened.
    case new
    /// Another one: the swap has happened, and this is what came out.
    case displaced
    /// Nothing: the swap has happened and was tidied up.
    case absent
    /// The operation took its own index back before it gave up.
    case withdrawn
    /// The very file that is index.json, and not the new one: of the swap, which is two names, a
    /// power cut has kept only the one in the stage.
    case halfSwapped
  }

  /// What index.json is.
  enum PublishedIndex: Equatable, Sendable, CaseIterable {
    /// Still the one that the operation prepared on.
    case asFound
    /// The operation's own, or one that another tool has made of it: it carries its stamp.
    case stamped
    /// Another one.
    case other
  }

  /// What the journal says; nil when it knows nothing of the operation.
  let state: OperationState?
  let staged: StagedIndex
  /// What index.json is.
  let index: PublishedIndex
  /// Whether every tag that it edits is still what the operation found.
  let doEditsApply: Bool
}

/// What to do with an operation whose process is gone.
enum RecoveryDecision: Equatable, Sendable {
  /// Forget it: nothing of it is visible.
  case rollBack(reason: String)
  /// Finish it: swap the index that it staged.
  case publish
  /// Finish it on top of what others have done since.
  case republish
  /// It is done; say so and look at what it displaced.
  case confirm
  /// Only leftovers.
  case tidy

  /// Decides from the evidence alone; docs/crash-consistency.md has the table.
  init(_ evidence: RecoveryEvidence) {
    switch (evidence.state, evidence.staged) {
    case (nil, _): self = .rollBack(reason: "it had not said yet what it wanted")
    case (.intent, _): self = .rollBack(reason: "it ended before it was prepared")
    case (.committed, _), (.rolledBack, _): self = .tidy
    case (.prepared, .withdrawn): self = .rollBack(reason: "it failed and took itself back")
    case (.prepared, .halfSwapped):
      self = .rollBack(reason: "a power cut took the index that it was publishing")
    case (.prepared, .displaced), (.prepared, .absent): self = .confirm
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
