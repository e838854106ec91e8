internal import Store

/// Which entries index.json had after each operation: now and then a whole snapshot, edits between.
extension JournalDatabase {
  /// The text that stands for a key in the table.
  static func text(_ key: EntryKey) -> String {
    switch key {
    case .name(let name): "name:" + name
    case .unnamed(let digest): "digest:" + digest.description
    }
  }

  static func key(_ text: String) -> EntryKey? {
    if text.hasPrefix("name:") { return .name(String(text.dropFirst(5))) }
    guard text.hasPrefix("digest:") else { return nil }
    return (try? Digest(parsing: String(text.dropFirst(7)))).map { .unnamed($0) }
  }

  /// Keeps an index.json whole.
  ///
  /// `foreign` says that it is what another tool wrote, which may not be the state that the history
  /// went on with.
  func insertSnapshot(
    _ bytes: [UInt8], sequence: Int64, foreign: Bool
  ) throws(JournalError) {
    try run(
      """
      INSERT INTO snapshots VALUES (?, ?, ?)
      ON CONFLICT (seq) DO UPDATE SET foreign_bytes = excluded.foreign_bytes, bytes = excluded.bytes
      """, .integer(sequence), .integer(foreign ? 1 : 0), .blob(bytes))
  }

  /// The foreign index.json that was found at an operation, if it was kept.
  func foreignSnapshot(sequence: Int64) throws(JournalError) -> [UInt8]? {
    try row(
      """
      SELECT seq, bytes, (SELECT index_after FROM operations WHERE seq = snapshots.seq)
      FROM snapshots WHERE seq = ? AND foreign_bytes = 1
      """, .integer(sequence), read: Self.readSnapshot
    )?.verified().bytes
  }

  /// The newest snapshot of our own at or before an operation.
  func snapshot(
    atOrBefore sequence: Int64
  ) throws(JournalError) -> (sequence: Int64, bytes: [UInt8])? {
    let found = try row(
      """
      SELECT seq, bytes, (SELECT index_after FROM operations WHERE seq = snapshots.seq)
      FROM snapshots WHERE seq <= ? AND foreign_bytes = 0
      ORDER BY seq DESC LIMIT 1
      """, .integer(sequence), read: Self.readSnapshot)
    return try found.map { snapshot throws(JournalError) in
      try snapshot.verified()
      return (snapshot.sequence, snapshot.bytes)
    }
  }

  private static func readSnapshot(_ row: any SQLRow) -> StoredSnapshot {
    StoredSnapshot(sequence: row.integer(0), bytes: row.blob(1) ?? [], digest: row.text(2))
  }

  /// Checks that every snapshot is the index.json that its operation left.
  ///
  /// Reads all of them, one at a time.
  ///
  /// - Throws: ``JournalError/brokenRecord(_:reason:)``.
  func checkSnapshots() throws(JournalError) {
    for sequence in try rows("SELECT seq FROM snapshots", read: { $0.integer(0) }) {
      try row(
        """
        SELECT seq, bytes, (SELECT index_after FROM operations WHERE seq = snapshots.seq)
        FROM snapshots WHERE seq = ?
        """, .integer(sequence), read: Self.readSnapshot
      )?.verified()
    }
  }

  /// How many bytes of edits stand after the newest snapshot of our own.
  func editBytesSinceSnapshot() throws(JournalError) -> Int64 {
    try row(
      """
      SELECT coalesce(sum(length(before) + length(after)), 0) FROM edits
      WHERE seq > (SELECT coalesce(max(seq), 0) FROM snapshots WHERE foreign_bytes = 0)
      """
    ) { $0.integer(0) } ?? 0
  }

  /// The edits of the operations in a range, oldest first.
  func edits(after first: Int64, through last: Int64) throws(JournalError) -> [TagEdit] {
    try decoded(
      rows(
        "SELECT key, before, after FROM edits WHERE seq > ? AND seq <= ? ORDER BY seq, ordinal",
        .integer(first), .integer(last), read: Self.readEdit))
  }

  /// The edits of one key, newest first, with the operation that made each.
  func moves(of key: EntryKey) throws(JournalError) -> [(sequence: Int64, edit: TagEdit)] {
    let found = try rows(
      "SELECT key, before, after, seq FROM edits WHERE key = ? ORDER BY seq DESC, ordinal DESC",
      .text(Self.text(key))
    ) { (Self.readEdit($0), $0.integer(3)) }
    var moves: [(sequence: Int64, edit: TagEdit)] = []
    for (raw, sequence) in found {
      moves.append((sequence, try Self.decode(raw)))
    }
    return moves
  }

  private typealias RawEdit = (key: String, before: [UInt8], after: [UInt8])

  private static func readEdit(_ row: any SQLRow) -> RawEdit {
    (row.text(0) ?? "", row.blob(1) ?? [], row.blob(2) ?? [])
  }

  private func decoded(_ raw: [RawEdit]) throws(JournalError) -> [TagEdit] {
    var edits: [TagEdit] = []
    for edit in raw { edits.append(try Self.decode(edit)) }
    return edits
  }

  private static func decode(_ raw: RawEdit) throws(JournalError) -> TagEdit {
    guard let key = key(raw.key) else {
      throw .brokenRecord(raw.key, reason: "no key of an entry")
    }
    return TagEdit(
      key: key, before: try descriptors(raw.before, raw.key),
      after: try descriptors(raw.after, raw.key))
  }

  static func descriptors(
    _ bytes: [UInt8], _ name: String
  ) throws(JournalError) -> [Descriptor] {
    do {
      let root = try JSONDocument(parsing: bytes, limits: .index, named: name).root
      return try TagEdit.descriptors(root)
    } catch {
      throw .brokenRecord(name, reason: "\(error)")
    }
  }
}

/// An index.json that was kept whole.
private struct StoredSnapshot {
  let sequence: Int64
  let bytes: [UInt8]
  /// The digest of index.json after that operation, as its row tells.
  let digest: String?

  /// The snapshot, which is what its operation left.
  ///
  /// - Throws: ``JournalError/brokenRecord(_:reason:)`` when it is something else.
  @discardableResult
  func verified() throws(JournalError) -> Self {
    guard Digest.sha256(of: bytes).description == digest else {
      throw .brokenRecord("snapshot \(sequence)", reason: "its digest is another one")
    }
    return self
  }
}

/// Copies of small documents, which other tools truncate in place and other gcs delete.
extension JournalDatabase {
  /// The copy of a document; nil when there is none, or when it is damaged.
  func document(_ digest: Digest) throws(JournalError) -> [UInt8]? {
    let bytes =
      try row(
        "SELECT bytes FROM documents WHERE digest = ?", .text(digest.description)
      ) { $0.blob(0) } ?? nil
    guard let bytes, var hasher = try? ContentHasher(digest.algorithm) else { return nil }
    hasher.update(bytes)
    return hasher.finalize() == digest ? bytes : nil
  }

  func hasDocument(_ digest: Digest) throws(JournalError) -> Bool {
    try row("SELECT 1 FROM documents WHERE digest = ?", .text(digest.description)) { _ in true }
      ?? false
  }

  func insertDocuments(_ documents: [(digest: Digest, bytes: [UInt8])]) throws(JournalError) {
    try runEach(
      "INSERT INTO documents VALUES (?, ?) ON CONFLICT DO NOTHING",
      documents.map { [.text($0.digest.description), .blob($0.bytes)] })
  }

  /// Whether everything that a document reaches was copied or linked already.
  func isPinned(_ digest: Digest) throws(JournalError) -> Bool {
    try row("SELECT 1 FROM pins WHERE digest = ?", .text(digest.description)) { _ in true }
      ?? false
  }

  func insertPins(_ digests: [Digest]) throws(JournalError) {
    try runEach(
      "INSERT INTO pins VALUES (?) ON CONFLICT DO NOTHING", digests.map { [.text($0.description)] })
  }

  /// The number of documents and their size in bytes.
  func documentTotals() throws(JournalError) -> (count: Int64, bytes: ByteCount) {
    try row("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM documents") {
      ($0.integer(0), ByteCount($0.integer(1)))
    } ?? (0, 0)
  }
}

extension JournalDatabase {
  /// The entries that index.json had after an operation.
  func state(at sequence: Int64) throws(JournalError) -> IndexState {
    IndexState(try index(at: sequence))
  }

  /// The index after an operation: the newest snapshot before it and the edits since.
  func index(at sequence: Int64) throws(JournalError) -> ImageIndex {
    var index = ImageIndex.empty
    var start: Int64 = 0
    if let snapshot = try snapshot(atOrBefore: sequence) {
      let name = "snapshot \(snapshot.sequence)"
      do throws(LayoutError) {
        index = try IndexFile(parsing: snapshot.bytes, path: name).index
      } catch {
        throw .brokenRecord(name, reason: "\(error)")
      }
      start = snapshot.sequence
    }
    index.apply(try edits(after: start, through: sequence), placement: .inPlace)
    return index
  }
}
