internal import Store

/// Reading every row as it is, trusting none.
extension JournalDatabase {
  /// A row of `operations`, whatever somebody made of it.
  struct AuditedRow {
    let sequence: Int64
    let id: String
    let state: String
    let kind: String
    let userID: Int64
    let started: String
    let record: [UInt8]?
    let hash: String
    let indexBefore: String?
    let indexAfter: String
    let stamp: String?
    let reason: String?
  }

  /// The operations after a number, oldest first.
  func auditedRows(after sequence: Int64, limit: Int64) throws(JournalError) -> [AuditedRow] {
    try rows(
      """
      SELECT seq, id, state, kind, uid, started, record, hash, index_before, index_after, stamp,
        reason
      FROM operations WHERE seq IS NOT NULL AND seq > ? ORDER BY seq LIMIT ?
      """, .integer(sequence), .integer(limit)
    ) { row in
      AuditedRow(
        sequence: row.integer(0), id: row.text(1) ?? "", state: row.text(2) ?? "",
        kind: row.text(3) ?? "", userID: row.integer(4), started: row.text(5) ?? "",
        record: row.blob(6), hash: row.text(7) ?? "", indexBefore: row.text(8),
        indexAfter: row.text(9) ?? "", stamp: row.text(10), reason: row.text(11))
    }
  }

  /// The id that has a place in the history; nil when nobody has it.
  func operationID(at sequence: Int64) throws(JournalError) -> String? {
    try row("SELECT id FROM operations WHERE seq = ?", .integer(sequence)) { $0.text(0) } ?? nil
  }

  /// The numbers of edits that belong to no operation of the history.
  func straySequencesOfEdits() throws(JournalError) -> [Int64] {
    try rows(
      """
      SELECT DISTINCT seq FROM edits
      WHERE seq NOT IN (SELECT seq FROM operations WHERE seq IS NOT NULL) ORDER BY seq LIMIT 20
      """
    ) { $0.integer(0) }
  }

  /// Operations outside of the history: id, state and record.
  ///
  /// One with a number that no operation can have is not sound.
  func homelessRows() throws(JournalError) -> [(id: String, state: String, isSound: Bool)] {
    try rows(
      "SELECT id, state, record, hash, seq FROM operations WHERE seq IS NULL OR seq < 1 ORDER BY id"
    ) { row in
      let (id, bytes) = (row.text(0) ?? "", row.blob(2))
      let hash = bytes.map { OperationRecord.hash($0).description }
      let record = bytes.flatMap { try? OperationRecord(parsing: $0, named: id) }
      let isOwn = bytes == nil || record?.id.text == id
      return (id, row.text(1) ?? "", row.isNull(4) && hash == row.text(3) && isOwn)
    }
  }

  /// All snapshots' numbers, oldest first.
  func snapshotSequences() throws(JournalError) -> [Int64] {
    try rows("SELECT seq FROM snapshots ORDER BY seq") { $0.integer(0) }
  }

  /// One snapshot, with the digest that its operation says index.json had.
  func auditedSnapshot(
    _ sequence: Int64
  ) throws(JournalError) -> (isForeign: Bool, bytes: [UInt8], indexAfter: String?)? {
    try row(
      """
      SELECT foreign_bytes, bytes, (SELECT index_after FROM operations o WHERE o.seq = s.seq)
      FROM snapshots s WHERE s.seq = ?
      """, .integer(sequence)
    ) { ($0.integer(0) != 0, $0.blob(1) ?? [], $0.text(2)) }
  }

  /// Copies of documents after a digest, a few at a time.
  func auditedDocuments(
    after digest: String, limit: Int64
  ) throws(JournalError) -> [(digest: String, bytes: [UInt8])] {
    try rows(
      "SELECT digest, bytes FROM documents WHERE digest > ? ORDER BY digest LIMIT ?",
      .text(digest), .integer(limit)
    ) { ($0.text(0) ?? "", $0.blob(1) ?? []) }
  }

  /// Pins after a digest, with whether the database has a copy.
  func auditedPins(
    after digest: String, limit: Int64
  ) throws(JournalError) -> [(digest: String, isCopied: Bool)] {
    try rows(
      """
      SELECT digest, EXISTS (SELECT 1 FROM documents d WHERE d.digest = p.digest)
      FROM pins p WHERE digest > ? ORDER BY digest LIMIT ?
      """, .text(digest), .integer(limit)
    ) { ($0.text(0) ?? "", $0.integer(1) != 0) }
  }

  /// The number of rows of `leases`, readable or not.
  func leaseCount() throws(JournalError) -> Int64 {
    try row("SELECT count(*) FROM leases") { $0.integer(0) } ?? 0
  }

  /// What the engine finds wrong with what it has stored; reads all of it.
  func integrityComplaints() throws(JournalError) -> [String] {
    try believed { (engine) throws(JournalError) in try engine.integrityComplaints() }
  }

  /// The definitions of tables and indexes that are not as their version makes them, sorted.
  func strangeTables() throws(JournalError) -> [String] {
    try believed { (engine) throws(JournalError) in try engine.strangeTables() }
  }
}

extension JournalDatabase {
  /// The tables whose rows stand for work that is left.
  enum MemoryTable: String {
    case moves, abandoned, refreshes

    var key: String { self == .abandoned ? "digest" : "operation" }
  }

  /// The keys in a table, sorted.
  func keys(of table: MemoryTable) throws(JournalError) -> [String] {
    try rows("SELECT DISTINCT \(table.key) FROM \(table.rawValue) ORDER BY 1") { $0.text(0) ?? "" }
  }

  /// Call it inside ``transaction(_:)``.
  func removeRow(_ key: String, of table: MemoryTable) throws(JournalError) {
    try run("DELETE FROM \(table.rawValue) WHERE \(table.key) = ?", .text(key))
  }

  /// Call it inside ``transaction(_:)``.
  func removeReferences(of digest: String, role: Int64) throws(JournalError) {
    try run("DELETE FROM children WHERE digest = ? AND role = ?", .text(digest), .integer(role))
  }

  /// What documents refer to, a few rows at a time.
  func auditedReferences(
    after last: (digest: String, role: Int64), limit: Int64
  ) throws(JournalError) -> [(digest: String, role: Int64, references: [UInt8])] {
    try rows(
      """
      SELECT digest, role, refs FROM children WHERE (digest, role) > (?, ?)
      ORDER BY digest, role LIMIT ?
      """, .text(last.digest), .integer(last.role), .integer(limit)
    ) { ($0.text(0) ?? "", $0.integer(1), $0.blob(2) ?? []) }
  }

  /// The history from a number on, oldest first.
  func operations(
    after sequence: Int64, limit: Int64
  ) throws(JournalError) -> [StoredOperation] {
    var found: [StoredOperation] = []
    for row in try auditedRows(after: sequence, limit: limit) {
      guard let stored = try operation(sequence: row.sequence), row.sequence > sequence else {
        throw .brokenRecord("\(row.sequence)", reason: "its row cannot be read")
      }
      found.append(stored)
    }
    return found
  }
}
