public import Store

/// What a garbage collection did.
public struct CollectionReport: Sendable {
  /// Blobs and the space that they take.
  public struct Total: Equatable, Sendable {
    /// How many.
    public var count: Int64 = 0
    /// In bytes; what has another name outside of the trash does not count.
    public var bytes: ByteCount = 0

    /// So many, of so many bytes.
    public init(count: Int64 = 0, bytes: ByteCount = 0) {
      self.count = count
      self.bytes = bytes
    }
  }

  /// What it found.
  public var plan = CollectionPlan()
  /// The operation that moved blobs to the trash; nil when none did.
  public var withdrawal: OperationRecord?
  /// The operation that deleted trash; nil when nothing was deleted.
  public var expiry: OperationRecord?
  /// What was deleted.
  public var deleted = Total()
  /// What is still in the trash.
  public var left = Total()
  /// What other tools had left, and was removed.
  public var staleTemporaryFiles: [String] = []
  /// What recovery and reconciling did.
  public var recovery = RecoveryReport()

  /// A report of nothing.
  public init() {}

  /// The withdrawal whose trash is not deleted at once: leases have ended just before it, and a bundle that
  /// was only moved may be told of in time.
  var heldBack: OperationID? { recovery.endedLeases.isEmpty ? nil : withdrawal?.id }

  mutating func notes(from report: RecoveryReport) {
    recovery.recovered += report.recovered
    recovery.reconciled += report.reconciled
    recovery.endedLeases += report.endedLeases
    recovery.notes += report.notes
  }
}
