public import Store

/// An operation of the history, as it is read back.
public struct LoggedOperation: Sendable {
  /// What it was.
  public let record: OperationRecord
  /// The hash of the record, which the next one carries.
  public let hash: Digest
  /// Whether it is prepared but not published yet: its process is at work, or died.
  public let isPending: Bool
  /// How recovery finished it, when it had to.
  public var recovered: String? { record.recovered }
}

/// Which operations are wanted.
public struct HistoryFilter: Sendable {
  /// Only those that changed this tag.
  public var tag: String?
  /// Only those at or after this time, by what their clocks said.
  public var since: Timestamp?
  /// At most so many, the newest.
  public var limit: Int?
  /// Only those up to this operation's sequence number.
  public var through: Int64?
  /// Only those of one of these users, by name, by id, or by the name behind sudo(8); all when empty.
  public var users: Set<String> = []
  /// Only those of one of these kinds; all when empty.
  public var kinds: Set<String> = []

  /// Wants everything that no argument rules out.
  public init(
    tag: String? = nil, since: Timestamp? = nil, limit: Int? = nil, through: Int64? = nil
  ) {
    self.tag = tag
    self.since = since
    self.limit = limit
    self.through = through
  }

  /// Whether an operation is of a time, a user and a kind that are wanted.
  func lets(_ record: OperationRecord) -> Bool {
    (since.map { $0 <= record.wallClock } ?? true)
      && (kinds.isEmpty || kinds.contains(record.kind.rawValue))
      && (users.isEmpty || !users.isDisjoint(with: record.author.names))
  }
}
