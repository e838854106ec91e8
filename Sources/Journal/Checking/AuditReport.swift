public import Store

/// What an audit has found out about a history.
public struct AuditReport: Sendable {
  /// The end of a history.
  public struct Head: Equatable, Sendable {
    /// The number of the last operation that was published.
    public let sequence: Int64
    /// Its id.
    public let id: String
    /// The digest of its record.
    public let hash: Digest
    /// What the clock said.
    public let time: Timestamp
  }

  /// Whether the layout has a history.
  public internal(set) var hasHistory = false
  /// How many records were checked.
  public internal(set) var recordCount: Int64 = 0
  /// The end of the history; nil when it has none, or when it cannot be read.
  public internal(set) var head: Head?
  /// Why the records below `.ocitx/ops` were checked alone; nil when the database could be read.
  public internal(set) var fallbackReason: String?
  /// How many copies of documents were read and checked.
  public internal(set) var documentCount: Int64 = 0

  /// The history that was gone when this one began.
  public private(set) var lost: LostHistory?
  /// Whether the history contains the head that was kept elsewhere.
  var hasExpectedHead = false

  private var placed: [(sequence: Int64, finding: LayoutFinding)] = []
  private var general: [LayoutFinding] = []

  /// How many findings about operations there are.
  var placedCount: Int { placed.count }

  /// Makes an empty report.
  init() {}

  /// The most findings that are listed.
  static let limit = FindingList.limit

  /// Adds a difference.
  mutating func add(_ difference: HistoryDifference, _ code: LayoutFinding.Code, _ message: String)
  {
    let finding = LayoutFinding(code, difference.subject, message)
    let count = difference.sequence == nil ? general.count : placed.count
    guard count < Self.limit else { return addLimit() }
    if let sequence = difference.sequence {
      placed.append((sequence, finding))
    } else {
      general.append(finding)
    }
  }

  /// Notes that a history is lost.
  mutating func note(_ lost: LostHistory, at sequence: Int64) {
    self.lost = lost
    add(.operation(sequence), .historyLost, lost.explanation)
  }

  private mutating func addLimit() {
    let finding = LayoutFinding(
      .tooMany, "the history", "only the first \(Self.limit) are listed")
    if general.last != finding { general.append(finding) }
  }

  /// The findings: those about the history in its order, then the others.
  public var findings: [LayoutFinding] {
    placed.sorted { ($0.sequence, $0.finding) < ($1.sequence, $1.finding) }.map(\.finding)
      + general.sorted()
  }

  /// Whether nothing is wrong, and nothing gone: a history that began over a lost one is whole only for
  /// those who have kept a head of it, and so have seen the loss.
  public var isWhole: Bool {
    !findings.contains(where: \.isProblem) && (lost == nil || hasExpectedHead)
  }

  /// Where the history is broken first; nil when it is whole.
  public var firstBreak: LayoutFinding? {
    findings.first { $0.isProblem && Self.breaks.contains($0.code) }
  }

  /// The codes that mean that the history is not what was recorded.
  private static let breaks: Set<LayoutFinding.Code> = [
    .journalInvalid, .journalDatabase, .recordMissing, .recordChanged, .recordChain,
    .recordOrder, .recordRow, .recordFileMissing, .recordFileChanged, .recordStray,
    .headUnknown, .stampInvalid, .stampUnknown, .stampMismatch,
  ]
}
