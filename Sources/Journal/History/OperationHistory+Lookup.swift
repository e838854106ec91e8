public import Store

/// Finding operations and states by the names that people give them.
extension OperationHistory {
  /// How many candidates an error lists.
  private static let listedCandidates: Int64 = 8

  /// The operation that a reference names.
  ///
  /// - Throws: ``JournalError/noSuchOperation(_:)`` and
  ///   ``JournalError/ambiguousOperation(_:candidates:)``; for `TAG@{…}` also
  ///   ``JournalError/noSuchRevision(tag:revision:reason:)``.
  public func operation(
    _ reference: OperationReference
  ) throws(JournalError) -> LoggedOperation {
    guard let stored = try database.operation(sequence: sequence(of: reference)) else {
      throw .noSuchOperation(reference.description)
    }
    return try load(stored)
  }

  /// The number of the operation that a reference names; 0 for the one before the first.
  ///
  /// Throws as ``operation(_:)`` does.
  public func sequence(of reference: OperationReference) throws(JournalError) -> Int64 {
    let newest = try database.head()?.sequence ?? 0
    let base: Int64
    switch reference.base {
    case .newest: base = newest
    case .sequence(let sequence): base = sequence
    case .id(let prefix): base = try sequence(ofID: prefix)
    case .move(let tag): base = try sequence(giving: tag)
    }
    guard base > 0, base <= newest, reference.stepsBack <= base else {
      throw .noSuchOperation(reference.description)
    }
    return base - reference.stepsBack
  }

  private func sequence(ofID prefix: String) throws(JournalError) -> Int64 {
    let matching = try database.operations(prefix: prefix, limit: Self.listedCandidates)
    let sequences = matching.compactMap(\.sequence)
    guard let only = sequences.first else { throw .noSuchOperation(prefix) }
    guard sequences.count == 1 else {
      throw .ambiguousOperation(
        prefix, candidates: matching.filter { $0.sequence != nil }.map(\.id.text))
    }
    return only
  }

  /// The operation that gave a tag the value that it had.
  private func sequence(giving tag: TagReference) throws(JournalError) -> Int64 {
    let moves = try database.moves(of: .name(tag.name.rawValue)).map(\.sequence)
    let found: Int64?
    switch tag.revision {
    case .current: found = moves.first
    case .back(let count): found = moves.dropFirst(count).first
    case .at(let time):
      let last = try operation(at: time.end, now: time.now)?.record.sequence ?? 0
      found = moves.first { $0 <= last }
    case .operation(let reference):
      let last = try sequence(of: reference)
      found = moves.first { $0 <= last }
    }
    guard let found else {
      throw .noSuchRevision(
        tag: tag.name.rawValue, revision: tag.revision.description,
        reason: moves.isEmpty
          ? "it has never moved" : "no operation of the history gave it that value")
    }
    return found
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
      guard let operation = try operation(at: time.end, now: now) else {
        throw .noSuchRevision(
          tag: name, revision: revision.description, reason: "the history begins later")
      }
      return try value(of: name, through: operation.record.sequence)
    case .operation(let reference):
      return try value(of: name, through: sequence(of: reference))
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
        tag: name, revision: TagRevision.back(count).description,
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
    try lastMove(of: key)?.record.deed
  }
}
