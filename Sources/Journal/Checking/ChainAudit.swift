internal import Store

/// Follows the chain of records from the first on and tells where it breaks.
struct ChainAudit {
  /// The number of the last record that was looked at.
  private(set) var sequence: Int64 = 0
  private var hash: Digest?
  private var last: Chronology.Moment?
  private var future: Chronology.Moment?
  private var steps: (count: Int, last: Int64) = (0, 0)
  private let now: Timestamp
  private var store: String?
  private var isHeadFound = false
  private let expectedHead: ExpectedHead?

  init(_ expectedHead: ExpectedHead?, now: Timestamp) {
    self.expectedHead = expectedHead
    self.now = now
  }

  /// Tells about numbers that are left out before one.
  ///
  /// - Returns: Whether any is.
  mutating func skip(to next: Int64, _ report: inout AuditReport) {
    guard next > sequence + 1 else { return }
    let last = next - 1
    report.add(
      .operation(sequence + 1), .recordMissing,
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
    if let lost = record.lostHistory { report.note(lost, at: sequence) }
    // After a gap nothing is known to compare with.
    if previous != nil || isFirst, record.previous != previous {
      report.add(
        .operation(sequence), .recordChain, "it does not continue the record before it")
    }
    if let store, record.store != store, record.kind != .fork {
      report.add(
        .operation(sequence), .recordOrder, "it is of another store than the one before it")
    }
    store = record.store
    compareClock(of: record)
  }

  private mutating func compareClock(of record: OperationRecord) {
    let moment = Chronology.Moment(sequence: sequence, time: record.wallClock)
    if let last, moment.time < last.time { steps = (steps.count + 1, sequence) }
    if moment.time > max(future?.time ?? now, now.adding(seconds: Chronology.tolerance)) {
      future = moment
    }
    last = moment
  }

  /// A record that cannot be read: the next one cannot be compared with it.
  mutating func takeUnreadable() {
    sequence += 1
    hash = nil
  }

  /// Tells whether the head that was kept elsewhere was met.
  func finish(_ report: inout AuditReport) {
    if let future {
      report.add(
        .operation(future.sequence), .clockAhead,
        "its clock said \(future.time.wholeSeconds), which is in the future:"
          + " the clock was wrong then, or is wrong now")
    }
    if steps.count > 0 {
      report.add(
        .operation(steps.last), .clockBack,
        "its clock was behind that of the operation before it"
          + (steps.count > 1 ? "; so were \(steps.count - 1) others before" : ""))
    }
    report.hasExpectedHead = isHeadFound
    guard let expectedHead, !isHeadFound else { return }
    report.add(
      .other(expectedHead.digits, at: sequence + 1), .headUnknown,
      "the history, which ends with operation \(sequence), has no record with this hash:"
        + " it was cut off or written anew")
  }
}
