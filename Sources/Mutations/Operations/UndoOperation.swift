public import Journal
public import Store

/// Takes an operation back by a new one: its tags and settings go back to what they were before it, and the
/// blobs that it moved to where they were.
public struct UndoOperation: Mutation {
  /// The operation that is taken back.
  public let target: OperationRecord
  let isForced: Bool

  /// `undo`, or `redo` where an undo is taken back.
  public let kind: OperationKind

  /// Takes an operation back.
  ///
  /// - Parameters:
  ///   - target: The operation.
  ///   - kind: What the record will say it was; nil for `redo` where an undo is taken back, else `undo`.
  ///   - isForced: Whether what has been set since is set back as well.
  public init(
    _ target: OperationRecord, kind: OperationKind? = nil, isForced: Bool = false
  ) {
    self.target = target
    self.kind = kind ?? (target.kind == .undo ? .redo : .undo)
    self.isForced = isForced
  }

  /// Proposes the inverse edits.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    guard let history = context.history else {
      throw JournalError.noHistory(path: context.layout.path)
    }
    try Reversal.check(target, in: history)
    let edits = try Reversal.edits(
      reverting: target, on: index, isForced: isForced, in: history)
    return .init(
      edits: edits.tags, settings: edits.settings, placement: .inPlace, reverts: target.id,
      blobReversal: BlobReversal(of: target), absent: Reversal.absent(before: target))
  }
}
