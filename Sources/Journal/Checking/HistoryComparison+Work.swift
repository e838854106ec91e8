internal import Store

/// The rows by which garbage collections, bundles and recovery go, and which no record vouches for: what documents
/// refer to, unfinished moves, abandoned blobs, waiting refreshes.
extension HistoryComparison {
  /// Takes every document apart that is there, as far as the database remembers what it refers to.
  mutating func compareReferences() throws(JournalError) {
    guard try database.remembersReferences() else { return }
    var last = (digest: "", role: Int64.min)
    while true {
      let page = try database.auditedReferences(after: last, limit: 64)
      guard let end = page.last else { return }
      for row in page { compare(row) }
      guard (end.digest, end.role) > last else { return }
      last = (end.digest, end.role)
    }
  }

  private mutating func compare(_ row: (digest: String, role: Int64, references: [UInt8])) {
    let remembered = BlobReference.decode(row.references)
    func tell(_ right: (document: BlobReference, references: [BlobReference])?) {
      differ(
        .references(digest: row.digest, role: row.role, right: right), .referencesChanged,
        right == nil
          ? "what gc remembers of it cannot be read"
          : "what gc remembers of its references is not what it says")
    }
    guard let digest = try? Digest(parsing: row.digest),
      (try? ContentHasher(digest.algorithm)) != nil,
      let role = UInt8(exactly: row.role).flatMap(BlobReference.Role.init), role.refersToOthers
    else { return tell(nil) }
    let finder = ContentFinder(layout, control, database)
    guard let bytes = finder.document(digest, in: [.database, .blobs, .keep, .trash]) else {
      if remembered == nil { tell(nil) }
      return
    }
    let descriptor = Descriptor(
      mediaType: role.mediaType, digest: digest, size: Int64(bytes.count))
    guard let references = try? BlobReference.references(in: bytes, of: descriptor) else {
      return tell(nil)
    }
    if remembered != references { tell((BlobReference(descriptor), references)) }
  }

  /// Finds rows that this program would not have written.
  mutating func compareWork() throws(JournalError) {
    for key in try database.keys(of: .moves) where try !mayMove(key) {
      differ(.work(.moves, key: key), .databaseRow, "no operation of it moves blobs")
    }
    for key in try database.keys(of: .abandoned) where (try? Digest(parsing: key)) == nil {
      differ(.work(.abandoned, key: key), .databaseRow, "it is no digest")
    }
    let waiting = Set(try database.refreshes().map(\.operation.text))
    for key in try database.keys(of: .refreshes) where !waiting.contains(key) {
      differ(.work(.refreshes, key: key), .databaseRow, "it is no refresh of a bundle")
    }
  }

  private func mayMove(_ key: String) throws(JournalError) -> Bool {
    guard let id = OperationID(key), let stored = try database.operation(id),
      let record = try? stored.record()
    else { return false }
    return record.movesFiles
  }
}
