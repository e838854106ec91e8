internal import Store

/// Compares what vouches for a history: the rows of the database, the records in them and below `ops/`,
/// index.json, and what the database holds beside them.
///
/// The one comparison: an audit prints its differences, a repair acts on them. It reads a page at a time, so that
/// its memory grows with what is wrong and not with the history.
struct HistoryComparison {
  let layout: ImageLayout
  let control: ControlFolder
  let database: JournalDatabase
  /// The chain of the records, as far as it was followed.
  var chain: ChainAudit
  /// What was found, for a person.
  var report: AuditReport
  /// What was found, for a repair; not bounded as what a person reads.
  private(set) var differences: [HistoryDifference] = []
  /// Whether the process of an operation lives.
  var isAlive: (String) -> Bool = { _ in false }
  /// The stamp that index.json had after the row before.
  var stamp: String?
  /// The last row, when it says that its operation is not committed.
  var open: Int64?

  /// Prepares a comparison.
  init(
    _ layout: ImageLayout, _ control: ControlFolder, _ database: JournalDatabase,
    expecting expectedHead: ExpectedHead? = nil, now: Timestamp = .zero,
    report: AuditReport = AuditReport()
  ) {
    self.layout = layout
    self.control = control
    self.database = database
    self.report = report
    chain = ChainAudit(expectedHead, now: now)
  }

  /// Tells a difference.
  mutating func differ(
    _ difference: HistoryDifference, _ code: LayoutFinding.Code, _ message: String
  ) {
    report.add(difference, code, message)
    differences.append(difference)
  }
}
