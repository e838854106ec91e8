internal import Store

/// Operations: reading them and moving them from state to state.
extension JournalDatabase {
  private static let columns =
    "id, seq, state, kind, record, hash, index_before, index_after, stamp, reason, started"

  /// The last operation of the history, prepared or committed.
  func head() throws(JournalError) -> Head? {
    let stored = try row(
      "SELECT \(Self.columns) FROM operations WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1",
      read: Self.read)
    guard let found = stored else { return nil }
    guard let stored = found else {
      throw .brokenRecord("at the end of the history", reason: "its row cannot be read")
    }
    return try Self.head(stored)
  }

  static func head(_ stored: StoredOperation) throws(JournalError) -> Head {
    guard let sequence = stored.sequence, let hash = stored.hash, let index = stored.indexAfter,
      (try? Timestamp(parsing: stored.started)) != nil
    else { throw .brokenRecord(stored.id.text, reason: "its row is incomplete") }
    return Head(
      sequence: sequence, id: stored.id, hash: hash, indexAfter: index,
      stamp: stored.stamp)
  }

  func operation(_ id: OperationID) throws(JournalError) -> StoredOperation? {
    try row(
      "SELECT \(Self.columns) FROM operations WHERE id = ?", .text(id.text), read: Self.read)
      ?? nil
  }

  func operation(sequence: Int64) throws(JournalError) -> StoredOperation? {
    try row(
      "SELECT \(Self.columns) FROM operations WHERE seq = ?", .integer(sequence), read: Self.read)
      ?? nil
  }

  /// The operations whose id begins with a prefix; at most `limit`.
  func operations(prefix: String, limit: Int64) throws(JournalError) -> [StoredOperation] {
    try whole(
      rows(
        "SELECT \(Self.columns) FROM operations WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        .text(prefix), .text(prefix + "~"), .integer(limit), read: Self.read
      ))
  }

  func operations(in state: OperationState) throws(JournalError) -> [StoredOperation] {
    try whole(
      rows(
        "SELECT \(Self.columns) FROM operations WHERE state = ? ORDER BY seq",
        .text(state.rawValue),
        read: Self.read
      ))
  }

  /// The history from the newest down, beginning below `sequence`; at most `limit`.
  func operations(before sequence: Int64, limit: Int64) throws(JournalError) -> [StoredOperation] {
    try whole(
      rows(
        """
        SELECT \(Self.columns) FROM operations WHERE seq IS NOT NULL AND seq < ?
        ORDER BY seq DESC LIMIT ?
        """, .integer(sequence), .integer(limit), read: Self.read
      ))
  }

  /// The operations that edited a key, newest first, below `sequence`; at most `limit`.
  func operations(
    editing key: EntryKey, before sequence: Int64, limit: Int64
  ) throws(JournalError) -> [StoredOperation] {
    try whole(
      rows(
        """
        SELECT \(Self.columns) FROM operations
        WHERE seq IN (SELECT seq FROM edits WHERE key = ? AND seq < ? ORDER BY seq DESC LIMIT ?)
        ORDER BY seq DESC
        """, .text(Self.text(key)), .integer(sequence), .integer(limit), read: Self.read
      ))
  }

  /// The operations after which index.json carried a stamp (nil: none), newest first.
  func operations(stamped stamp: String?, limit: Int64) throws(JournalError) -> [StoredOperation] {
    try whole(
      rows(
        """
        SELECT \(Self.columns) FROM operations WHERE stamp IS ? AND seq IS NOT NULL
        ORDER BY seq DESC LIMIT ?
        """, .text(stamp), .integer(limit), read: Self.read
      ))
  }

  /// The stamp that index.json had from the last operation that was not another tool's.
  func lastPublishedStamp() throws(JournalError) -> String? {
    try row(
      """
      SELECT stamp FROM operations WHERE seq IS NOT NULL AND kind <> ?
      ORDER BY seq DESC LIMIT 1
      """, .text(OperationKind.external.rawValue)
    ) { $0.text(0) } ?? nil
  }

  /// A row that cannot be read must not silently be missing from an answer.
  private func whole(_ rows: [StoredOperation?]) throws(JournalError) -> [StoredOperation] {
    let whole = rows.compactMap { $0 }
    guard whole.count == rows.count else {
      throw .brokenRecord("in the database", reason: "its row cannot be read")
    }
    return whole
  }

  /// The number of the last operation of the history; 0 when there is none.
  func lastSequence() throws(JournalError) -> Int64 {
    try row("SELECT max(seq) FROM operations") { $0.integer(0) } ?? 0
  }

  /// The number of operations in the history.
  func operationCount() throws(JournalError) -> Int64 {
    try row("SELECT count(*) FROM operations WHERE seq IS NOT NULL") { $0.integer(0) } ?? 0
  }

  static func read(_ row: any SQLRow) -> StoredOperation? {
    guard let id = row.text(0).flatMap(OperationID.init),
      let state = row.text(2).flatMap(OperationState.init)
    else { return nil }
    let sequence = row.isNull(1) ? nil : row.integer(1)
    if let sequence, !OperationRecord.sequences.contains(sequence) { return nil }
    return StoredOperation(
      id: id, sequence: sequence, state: state,
      kind: OperationKind(rawValue: row.text(3) ?? ""), recordBytes: row.blob(4),
      hash: row.text(5).flatMap { try? Digest(parsing: $0) },
      indexBefore: row.text(6).flatMap { try? Digest(parsing: $0) },
      indexAfter: row.text(7).flatMap { try? Digest(parsing: $0) },
      stamp: row.text(8), reason: row.text(9), started: row.text(10) ?? "")
  }
}

/// The moves of an operation. Call these inside ``transaction(_:)``.
extension JournalDatabase {
  func insertIntent(
    _ id: OperationID, _ kind: OperationKind, userID: UInt32, started: Timestamp
  ) throws(JournalError) {
    try run(
      "INSERT INTO operations (id, state, kind, uid, started) VALUES (?, 'intent', ?, ?, ?)",
      .text(id.text), .text(kind.rawValue), .integer(Int64(userID)), .text(started.description))
  }

  /// Adds a record to the history, and marks everything before it as committed.
  func insert(_ finalised: FinalisedRecord, state: OperationState) throws(JournalError) {
    let record = finalised.record
    try run(
      "UPDATE operations SET state = 'committed' WHERE state = 'prepared' AND seq IS NOT NULL")
    // Its intent, or itself without a place; a row of another operation must never go with it.
    try run("DELETE FROM operations WHERE id = ?", .text(record.id.text))
    try run(
      """
      INSERT INTO operations
        (id, seq, state, kind, uid, started, record, hash, index_before, index_after, stamp)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .text(record.id.text), .integer(record.sequence), .text(state.rawValue),
      .text(record.kind.rawValue), .integer(Int64(record.author.userID)),
      .text(record.time.description), .blob(finalised.bytes), .text(finalised.hash.description),
      .text(record.indexBefore?.description), .text(finalised.publishedDigest.description),
      .text(finalised.stamp))
    try insertEdits(record)
    for edit in record.settings { try setSetting(edit.name, edit.after) }
  }

  private func insertEdits(_ record: OperationRecord) throws(JournalError) {
    try runEach(
      "INSERT INTO edits VALUES (?, ?, ?, ?, ?)",
      record.edits.enumerated().map { ordinal, edit in
        [
          .integer(record.sequence), .integer(Int64(ordinal)), .text(Self.text(edit.key)),
          .blob(JSONValue(edit.before.map { .object($0.json) }).serialized()),
          .blob(JSONValue(edit.after.map { .object($0.json) }).serialized()),
        ]
      })
  }

  func markCommitted(_ id: OperationID) throws(JournalError) {
    try run("UPDATE operations SET state = 'committed' WHERE id = ?", .text(id.text))
  }

  /// Takes an operation out of the history again and keeps it with the reason.
  func markRolledBack(_ id: OperationID, reason: String) throws(JournalError) {
    try takeOut(id)
    try run(
      "UPDATE operations SET state = 'rolled-back', seq = NULL, reason = ? WHERE id = ?",
      .text(reason), .text(id.text))
  }

  /// Takes a prepared operation out of the history until it gets another place there.
  func markDisplaced(_ id: OperationID) throws(JournalError) {
    try takeOut(id)
    try run("UPDATE operations SET seq = NULL WHERE id = ?", .text(id.text))
  }

  private func takeOut(_ id: OperationID) throws(JournalError) {
    // Only the newest operation is ever taken out: what holds is what it has set.
    if let stored = try operation(id), stored.sequence != nil {
      for edit in try stored.record().settings { try setSetting(edit.name, edit.before) }
    }
    try removeRelocations(of: id)
    try run(
      "DELETE FROM edits WHERE seq = (SELECT seq FROM operations WHERE id = ?)", .text(id.text))
    try run(
      "DELETE FROM snapshots WHERE seq = (SELECT seq FROM operations WHERE id = ?)",
      .text(id.text))
  }

  func removeIntent(_ id: OperationID) throws(JournalError) {
    try run("DELETE FROM operations WHERE id = ? AND state = 'intent'", .text(id.text))
  }
}
