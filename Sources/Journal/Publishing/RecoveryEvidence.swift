/// What is known of an operation whose process is gone.
struct RecoveryEvidence: Equatable, Sendable {
  /// What lies in the operation's stage under the name of the index.
  enum StagedIndex: Equatable, Sendable, CaseIterable {
    /// The index that it wanted to publish: the swap has not happened.
    case new
    /// Another one: the swap has happened, and this is what came out.
    case replaced
    /// Nothing: the swap has happened and was tidied up.
    case absent
    /// The operation took its own index back before it gave up.
    case retracted
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
