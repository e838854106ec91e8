internal import Store

/// What can still be read of a damaged database, and be believed.
///
/// Records are believed for their hash, copies of documents for their digest, wherever they were
/// found. What nothing vouches for (leases, pins, the layout's identity, settings that have no record
/// since they are older) is taken only from pages whose checksums are right, and settings only with
/// values that they can have.
struct DatabaseSalvage {
  private let verified: JournalDatabase?
  private let unverified: JournalDatabase?

  /// Opens what is there; a file of which nothing can be read gives nothing.
  init(of file: DatabaseFile) {
    verified = try? JournalDatabase(reading: file)
    unverified = (try? JournalDatabase(readingUnverified: file)) ?? verified
  }

  /// The records of the history, oldest first: those below `ops/`, and what is only in the database.
  func records(_ control: ControlFolder) throws(JournalError) -> [RecordFolder.Entry] {
    var folder = RecordFolder(folder: control.records)
    folder.elsewhere = { record($0) }
    return try folder.chain(after: 0, hash: nil)
  }

  /// The record of an operation, verified.
  private func record(_ sequence: Int64) -> [UInt8]? {
    for database in [verified, unverified] {
      if let stored = try? database?.operation(sequence: sequence),
        (try? stored.verifiedRecord()) != nil
      {
        return stored.recordBytes
      }
    }
    return nil
  }

  /// Copies what the records cannot tell.
  ///
  /// Call it inside ``JournalDatabase/transaction(_:)`` of the target.
  ///
  /// - Returns: What was kept and what was lost, a sentence each.
  func copy(into target: JournalDatabase) throws(JournalError) -> [Note] {
    try copyIdentity(into: target)
    let areSettingsWhole = try copySettings(into: target)
    let leases = try copyLeases(into: target)
    let documents = try copyDocuments(into: target)
    // A pin says that a document and all below it is copied: only true when every copy is.
    if documents.isWhole { try copyPins(into: target) }
    var notes: [Note] = [
      "kept of it: \(leases.count) lease(s), \(documents.count) document(s)"
    ]
    if !areSettingsWhole {
      notes.append(
        "settings without a record may be lost: check them with \(.listSettings)")
    }
    if !leases.isWhole {
      notes.append("leases of bundles were lost: a garbage collection may take their images")
    }
    if !documents.isWhole {
      notes.append("copies of documents were lost: they are made again from blobs/ when needed")
    }
    return notes
  }

  private typealias Found = (count: Int, isWhole: Bool)

  private func copyIdentity(into target: JournalDatabase) throws(JournalError) {
    for key in [MetaKey.storeID, MetaKey.inode, MetaKey.changed, MetaKey.filesystem] {
      if let value = try? verified?.meta(key) { try target.setMeta(key, value) }
    }
  }

  /// - Returns: Whether all that has no record was there.
  private func copySettings(into target: JournalDatabase) throws(JournalError) -> Bool {
    let earlier = try? verified?.earlierSettings()
    try target.insertEarlierSettings(earlier?.valid ?? [:])
    try target.resetSettings()
    return earlier?.isWhole ?? false
  }

  private func copyLeases(into target: JournalDatabase) throws(JournalError) -> Found {
    guard let verified, let leases = try? verified.leases() else { return (0, false) }
    for lease in leases { try target.insert(lease) }
    // The bundles that wait for an operation: an old database has no such table.
    for pending in (try? verified.refreshes()) ?? [] { try target.insert(pending) }
    return (leases.count, true)
  }

  private func copyPins(into target: JournalDatabase) throws(JournalError) {
    guard let verified else { return }
    _ = try Self.forEachReadable("SELECT digest FROM pins", in: verified) {
      (row) throws(JournalError) in
      if let digest = row.text(0).flatMap({ try? Digest(parsing: $0) }) {
        try target.insertPins([digest])
      }
    }
  }

  /// Copies documents, from one end as far as that works, and after damage from the other end too.
  private func copyDocuments(into target: JournalDatabase) throws(JournalError) -> Found {
    guard let unverified else { return (0, false) }
    let all = "SELECT digest, bytes FROM documents ORDER BY digest"
    var isWhole = try copyDocuments(all, from: unverified, into: target)
    if !isWhole { _ = try copyDocuments(all + " DESC", from: unverified, into: target) }
    let count = try target.documentTotals().count
    // Every row was there, but not each was what its digest says.
    if isWhole, let rows = try? unverified.documentTotals().count { isWhole = rows == count }
    return (Int(clamping: count), isWhole)
  }

  private func copyDocuments(
    _ query: String, from source: JournalDatabase, into target: JournalDatabase
  ) throws(JournalError) -> Bool {
    try Self.forEachReadable(query, in: source) { (row) throws(JournalError) in
      guard let digest = row.text(0).flatMap({ try? Digest(parsing: $0) }),
        let bytes = row.blob(1), var hasher = try? ContentHasher(digest.algorithm)
      else { return }
      hasher.update(bytes)
      if hasher.finalize() == digest { try target.insertDocuments([(digest, bytes)]) }
    }
  }
  /// Calls `body` with each row until there is none left or the file cannot be read on.
  ///
  /// - Returns: Whether every row was read.
  private static func forEachReadable(
    _ sql: String, in database: JournalDatabase,
    _ body: (any SQLRow) throws(JournalError) -> Void
  ) throws(JournalError) -> Bool {
    var failure: JournalError?
    do throws(JournalError) {
      try database.engine.query(sql, []) { row in
        do throws(JournalError) { try body(row) } catch { failure = error }
        return failure == nil
      }
    } catch {
      return false
    }
    if let failure { throw failure }
    return true
  }
}
