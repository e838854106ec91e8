/// The blobs that an operation takes out of `blobs/`, or brings back.
public struct BlobRelocations: Equatable, Sendable {
  /// What nothing needs: moved to the operation's trash.
  public var withdrawn: [OperationRecord.AddedBlob] = []
  /// What only the history needs: moved to `keep/`.
  public var kept: [OperationRecord.AddedBlob] = []
  /// What came back.
  public var restored: [OperationRecord.AddedBlob] = []

  /// Moves of nothing.
  public init() {}

  /// Whether nothing is moved.
  public var isEmpty: Bool { withdrawn.isEmpty && kept.isEmpty && restored.isEmpty }

  /// Everything that leaves `blobs/`.
  var leaving: [OperationRecord.AddedBlob] { withdrawn + kept }
}

extension OperationRecord {
  /// Whether files are moved once the operation is in the history: a crash may leave some of them.
  var movesFiles: Bool { !moves.isEmpty || kind == .expire }
}
