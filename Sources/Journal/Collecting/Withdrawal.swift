public import Store

/// What an operation has moved to the trash and can still be brought back.
public struct Withdrawal: Sendable {
  /// The operation.
  public let id: OperationID
  /// Its place in the history; nil when the history does not know it any more.
  public let sequence: Int64?
  /// What it was; nil when the history does not know it any more.
  public let kind: OperationKind?
  /// When it moved them there.
  public let time: Timestamp
  /// How many blobs its trash holds, and the space that deleting them gives back.
  public let total: CollectionReport.Total
  /// The time from which on a garbage collection deletes them.
  public let expires: Timestamp

  /// Describes a withdrawal.
  public init(
    id: OperationID, sequence: Int64?, kind: OperationKind?, time: Timestamp,
    total: CollectionReport.Total, expires: Timestamp
  ) {
    self.id = id
    self.sequence = sequence
    self.kind = kind
    self.time = time
    self.total = total
    self.expires = expires
  }
}
