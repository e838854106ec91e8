public import Store

/// Finding operations and states by the names that people give them.
extension OperationHistory {
  /// How many candidates an error lists.
  private static let listedCandidates: Int64 = 8

  /// The operation that a text names: a sequence number, the beginning of an id, or `@` for the
  /// newest.
  ///
  /// - Throws: ``JournalError/noSuchOperation(_:)`` and
  ///   ``JournalError/ambiguousOperation(_:candidates:)``.
  public func operation(_ text: String) throws(JournalError) -> LoggedOperation {
    if text == "@" {
      guard let newest = try newest() else { throw .noSuchOperation(text) }
      return newest
    }
    if let sequence = Int64(text) {
      guard let stored = try database.operation(sequence: sequence) else {
        throw .noSuchOperation(text)
      }
      return try load(stored)
    }
    guard OperationID.isPrefix(text) else { throw .noSuchOperation(text) }
    let matching = try database.operations(prefix: text, limit: Self.listedCandidates)
      .filter { $0.sequence != nil }
    guard let only = matching.first else { throw .noSuchOperation(text) }
    guard matching.count == 1 else {
      throw .ambiguousOperation(text, candidates: matching.map(\.id.text))
    }
    return try load(only)
  }

  /// The last operation that had happened at a time; nil when the history begins later.
  ///
  /// A clock that contradicts the others, or `now`, is not believed: see ``Chronology``.
  public func operation(
    at time: Timestamp, now: Timestamp
  ) throws(JournalError) -> LoggedOperation? {
    guard let head = try database.head() else { return nil }
    let sequence = try database.chronology(now: now)
      .lastOperation(at: time, head: head.sequence)
    return try database.operation(sequence: sequence).map { (stored) throws(JournalError) in
      try load(stored)
    }
  }

  /// The index after an operation.
  ///
  /// Reads at most twice the index's size.
  public func index(after sequence: Int64) throws(JournalError) -> ImageIndex {
    try database.index(at: sequence)
  }

  /// What a tag was at some point, as the entries of index.json.
  ///
  /// - Parameters:
  ///   - name: The tag.
  ///   - revision: Which of its values.
  ///   - current: index.json as it is; a change that is not in the history yet counts as a move.
  ///   - now: The time; what seems to be later has happened already.
  /// - Returns: The entries; empty when the tag was absent.
  /// - Throws: ``JournalError/noSuchRevision(tag:revision:reason:)`` when the history does not
  ///   reach that far, ``JournalError/noSuchOperation(_:)``.
  public func value(
    of name: String, at revision: TagRevision, current: ImageIndex, now: Timestamp
  ) throws(JournalError) -> [Descriptor] {
    switch revision {
    case .current:
      return current.entries(named: name).map(\.descriptor)
    case .back(let count):
      return try value(of: name, movesAgo: count, current)
    case .at(let time):
      guard let operation = try operation(at: time, now: now) else {
        throw .noSuchRevision(tag: name, revision: revision, reason: "the history begins later")
      }
      return try value(of: name, through: operation.record.sequence)
    case .operation(let text, let isBefore):
      let sequence = try operation(text).record.sequence
      return try value(of: name, through: isBefore ? sequence - 1 : sequence)
    }
  }

  private func value(
    of name: String, movesAgo count: Int, _ current: ImageIndex
  ) throws(JournalError) -> [Descriptor] {
    let moves = try database.moves(of: .name(name))
    let now = current.entries(named: name).map(\.descriptor)
    var values = moves.map(\.edit.before)
    let last = moves.first?.edit.after ?? []
    if !IndexState.isSame(now, last) { values.insert(last, at: 0) }
    guard count <= values.count else {
      let times = values.count == 1 ? "once" : "\(values.count) times"
      throw .noSuchRevision(
        tag: name, revision: .back(count),
        reason: values.isEmpty ? "it has never moved" : "it has moved \(times)")
    }
    return values[count - 1]
  }

  private func value(
    of name: String, through sequence: Int64
  ) throws(JournalError) -> [Descriptor] {
    try database.moves(of: .name(name)).first { $0.sequence <= sequence }?.edit.after ?? []
  }

  /// The operation that changed the entries of a key last; nil when the history does not know.
  ///
  /// - Parameter sequence: The last operation that counts; nil for all.
  public func lastMove(
    of key: EntryKey, through sequence: Int64? = nil
  ) throws(JournalError) -> LoggedOperation? {
    let before = sequence.map { $0 &+ ($0 < .max ? 1 : 0) } ?? .max
    return try database.operations(editing: key, before: before, limit: 1).first.map(load)
  }

  /// Who moved a tag last, in words for a message; nil when the history does not know.
  public func lastMover(of key: EntryKey) throws(JournalError) -> String? {
    guard let stored = try database.operations(editing: key, before: .max, limit: 1).first else {
      return nil
    }
    return try stored.record().deed
  }
}

extension OperationRecord {
  /// That, by whom and when it moved a tag, in words for a message.
  var deed: String {
    if kind == .adopt { return "so before the history began" }
    return "moved by \(author.displayName) on \(author.hostName) at \(wallClock.wholeSeconds)"
      + " (operation \(sequence), \(id.shortForm): \(kind))"
  }
}

extension Timestamp {
  /// The time in UTC without a fraction.
  package var wholeSeconds: Timestamp {
    Timestamp(secondsSinceEpoch: secondsSinceEpoch)
  }
}
