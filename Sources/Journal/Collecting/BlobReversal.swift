internal import Store

/// The moves that take back an operation which moved blobs.
public enum BlobReversal: Equatable, Sendable {
  /// Back into `blobs/`.
  case bringBack([OperationRecord.AddedBlob])
  /// Out of it again, as far as nothing needs them now.
  case takeAway([OperationRecord.AddedBlob])

  /// The reversal of a record; nil when it moved nothing.
  public init?(of record: OperationRecord) {
    let moves = record.moves
    if moves.isEmpty { return nil }
    self = moves.restored.isEmpty ? .bringBack(moves.leaving) : .takeAway(moves.restored)
  }
}
