internal import Store

/// What a garbage collection remembers: the children of documents, and moves of blobs that may be unfinished.
extension JournalDatabase {
  /// What a document refers to, when it has been taken apart before.
  func references(in document: BlobReference) throws(JournalError) -> [BlobReference]? {
    let bytes =
      try row(
        "SELECT refs FROM children WHERE digest = ? AND role = ?",
        .text(document.digest.description), .integer(Int64(document.role.rawValue))
      ) { $0.blob(0) } ?? nil
    return bytes.flatMap(BlobReference.decode)
  }

  /// Whether what is remembered of documents was found by this program's rules; if not, the next writing
  /// command forgets it.
  func remembersReferences() throws(JournalError) -> Bool {
    try schemaVersion() >= SchemaVersion.references
  }

  /// Whether a document that is kept refers to a blob.
  func isMentionedByPinned(_ digest: Digest) throws(JournalError) -> Bool {
    try row(
      "SELECT 1 FROM children JOIN pins USING (digest) WHERE instr(refs, ?) > 0 LIMIT 1",
      .blob(Array(digest.description.utf8)), read: { _ in true }) != nil
  }

  /// Calls `body` with every document that has been taken apart, its role and its encoded children.
  func forEachDocument(
    _ body: (_ digest: String, _ role: Int64, _ references: [UInt8]) -> Void
  ) throws(JournalError) {
    _ = try rows("SELECT digest, role, refs FROM children") { row in
      body(row.text(0) ?? "", row.integer(1), row.blob(2) ?? [])
    }
  }

  /// Remembers what documents refer to.
  ///
  /// Call it inside ``transaction(_:)``.
  func insertReferences(
    _ documents: [(document: BlobReference, references: [BlobReference])]
  ) throws(JournalError) {
    try runEach(
      """
      INSERT INTO children VALUES (?, ?, ?)
      ON CONFLICT (digest, role) DO UPDATE SET refs = excluded.refs
      """,
      documents.filter { BlobReference.isEncodable($0.references) }.map {
        [
          .text($0.document.digest.description), .integer(Int64($0.document.role.rawValue)),
          .blob(BlobReference.encode($0.references)),
        ]
      })
  }

  /// The operations that are in the history and whose blobs may still have to be moved.
  func unfinishedRelocations() throws(JournalError) -> [OperationID] {
    try rows("SELECT operation FROM moves ORDER BY operation") { $0.text(0) }
      .compactMap { $0.flatMap(OperationID.init) }
  }

  /// Call it inside ``transaction(_:)``.
  func insertRelocations(of id: OperationID) throws(JournalError) {
    try run("INSERT INTO moves VALUES (?) ON CONFLICT DO NOTHING", .text(id.text))
  }

  /// Call it inside ``transaction(_:)``.
  func removeRelocations(of id: OperationID) throws(JournalError) {
    try run("DELETE FROM moves WHERE operation = ?", .text(id.text))
  }

  /// Forgets the copies of blobs and that they are kept.
  ///
  /// Call it inside ``transaction(_:)``.
  func forgetContent(_ digests: [Digest]) throws(JournalError) {
    let values = digests.map { [SQLValue.text($0.description)] }
    try runEach("DELETE FROM documents WHERE digest = ?", values)
    try runEach("DELETE FROM pins WHERE digest = ?", values)
    if try row("SELECT 1 FROM abandoned LIMIT 1", read: { _ in true }) != nil {
      try runEach("DELETE FROM abandoned WHERE digest = ?", values)
    }
  }

  /// Forgets what documents referred to that are gone for good.
  ///
  /// Call it inside ``transaction(_:)``.
  func forgetReferences(_ digests: [Digest]) throws(JournalError) {
    try runEach(
      "DELETE FROM children WHERE digest = ?", digests.map { [.text($0.description)] })
  }

  /// The digests of all copied documents.
  func documentDigests() throws(JournalError) -> [Digest] {
    try rows("SELECT digest FROM documents") { $0.text(0) }
      .compactMap { $0.flatMap { try? Digest(parsing: $0) } }
  }

  /// The digests of the copied documents that begin with a text.
  func documentDigests(from start: String) throws(JournalError) -> [Digest] {
    // Nothing in a digest comes after "~".
    try rows(
      "SELECT digest FROM documents WHERE digest >= ? AND digest < ?", .text(start),
      .text(start + "~")
    ) { $0.text(0) }.compactMap { $0.flatMap { try? Digest(parsing: $0) } }
  }

  /// The blobs that operations of ours have linked which then came to nothing.
  func abandonedBlobs() throws(JournalError) -> Set<Digest> {
    Set(
      try rows("SELECT digest FROM abandoned") { $0.text(0) }
        .compactMap { $0.flatMap { try? Digest(parsing: $0) } })
  }

  /// Call it inside ``transaction(_:)``.
  func insertAbandoned(_ digests: [Digest]) throws(JournalError) {
    try runEach(
      "INSERT INTO abandoned VALUES (?) ON CONFLICT DO NOTHING",
      digests.map { [.text($0.description)] })
  }
}

/// What the history refers to.
extension JournalDatabase {
  /// What the edits of a range of operations mention, on both sides, newest operation first.
  func mentions(
    after first: Int64, through last: Int64
  ) throws(JournalError) -> [(sequence: Int64, before: [UInt8], after: [UInt8])] {
    try rows(
      """
      SELECT seq, before, after FROM edits WHERE seq > ? AND seq <= ? ORDER BY seq DESC, ordinal
      """, .integer(first), .integer(last)
    ) { ($0.integer(0), $0.blob(1) ?? [], $0.blob(2) ?? []) }
  }

  /// The sides of edits in which some bytes stand, newest operation first.
  func sidesOfEdits(mentioning bytes: [UInt8]) throws(JournalError) -> [[UInt8]] {
    try rows(
      """
      SELECT after, before FROM edits WHERE instr(after, ?1) > 0 OR instr(before, ?1) > 0 ORDER BY seq DESC
      """, .blob(bytes)
    ) { [$0.blob(0) ?? [], $0.blob(1) ?? []] }.flatMap { $0 }
  }

  /// The records of operations after one that have conflicts.
  func recordsWithConflicts(after sequence: Int64) throws(JournalError) -> [OperationRecord] {
    let found = try rows(
      """
      SELECT id, record FROM operations WHERE seq > ? AND kind IN ('external', 'repair')
        AND instr(record, ?) > 0
      """, .integer(sequence), .blob(Array("\"conflicts\":[".utf8))
    ) { ($0.text(0) ?? "", $0.blob(1) ?? []) }
    var records: [OperationRecord] = []
    for (name, bytes) in found { records.append(try OperationRecord(parsing: bytes, named: name)) }
    return records
  }
}
