public import Store

/// What recovery and reconciling did.
public struct RecoveryReport: Sendable {
  /// What became of one dead operation.
  public struct Recovered: Sendable {
    /// The ways an operation can end.
    public enum Outcome: String, Sendable {
      /// It had been published, or could be: it is in the history.
      case rolledForward = "rolled forward"
      /// Nothing of it is visible.
      case rolledBack = "rolled back"
    }

    /// The operation.
    public let id: String
    /// What it was, when the journal knows.
    public let kind: OperationKind?
    /// How it ended.
    public let outcome: Outcome
    /// Why, in words.
    public let reason: String
  }

  /// A foreign change that was taken notice of.
  public struct Reconciled: Sendable {
    /// The record that tells of it.
    public let record: OperationRecord
    /// The entries that were put back, or merged in.
    public let reapplied: [EntryKey]
  }

  /// The dead operations that were found.
  public var recovered: [Recovered] = []
  /// The foreign changes that were found.
  public var reconciled: [Reconciled] = []
  /// The leases that ended, since their bundles are gone.
  public var endedLeases: [Lease] = []
  /// Everything else that was done or could not be done, a sentence each.
  public var notes: [Note] = []

  /// A report of nothing.
  public init() {}

  /// Whether nothing had to be done.
  public var isEmpty: Bool {
    recovered.isEmpty && reconciled.isEmpty && endedLeases.isEmpty && notes.isEmpty
  }
}
