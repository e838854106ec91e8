internal import Store

/// Follows the chain of records from the first on and tells where it breaks.
struct ChainAudit {
  /// The number of the last record that was looked at.
  private(set) var sequence: Int64 = 0
  private var hash: Digest?
  private var time: Timestamp?
  private var store: String?
  private var isHeadFound = false
  private let expectedHead: ExpectedHead?

  init(_ expectedHead: ExpectedHead?) {
    self.expectedHead = expectedHead
  }

  /// Tells about numbers that are left out before one.
  ///
  /// - Returns: Whether any is.
  mutating func skip(to next: Int64, _ report: inout AuditReport) {
    guard next > sequence + 1 else { return }
    let last = next - 1
    report.add(
      .recordMissing, at: sequence + 1,
      last == sequence + 1 ? "it is missing" : "it is missing, and all up to \(last)")
    sequence = last
    hash = nil
  }

  /// Checks that a record continues the chain; whatever it is, the next one is compared with it.
  mutating func take(_ record: OperationRecord, _ bytes: [UInt8], _ report: inout AuditReport) {
    let previous = hash
    let isFirst = sequence == 0
    sequence += 1
    hash = OperationRecord.hash(bytes)
    if let hash, expectedHead?.matches(hash) == true { isHeadFound = true }
    // After a gap nothing is known to compare with.
    if previous != nil || isFirst, record.previous != previous {
      report.add(.recordChain, at: sequence, "it does not continue the record before it")
    }
    if let time, record.time < time {
      report.add(.recordOrder, at: sequence, "it is older than the operation before it")
    }
    if let store, record.store != store, record.kind != .fork {
      report.add(.recordOrder, at: sequence, "it is of another store than the one before it")
    }
    time = record.time
    store = record.store
  }

  /// A record that cannot be read: the next one cannot be compared with it.
  mutating func takeUnreadable() {
    sequence += 1
    hash = nil
  }

  /// Tells whether the head that was kept elsewhere was met.
  func finish(_ report: inout AuditReport) {
    guard let expectedHead, !isHeadFound else { return }
    report.add(
      .headUnknown, at: sequence + 1, subject: expectedHead.digits,
      "the history, which ends with operation \(sequence), has no record with this hash:"
        + " it was cut off or written anew")
  }
}
