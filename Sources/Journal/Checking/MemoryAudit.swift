internal import Store

/// Looks at the rows by which garbage collections, bundles and recovery go, and which no record vouches
/// for: what documents refer to, unfinished moves, abandoned blobs, waiting refreshes.
struct MemoryAudit {
  let layout: ImageLayout
  let control: ControlFolder
  let database: JournalDatabase

  /// A remembered document whose references are not what it says.
  struct Wrong {
    /// The digest, as it stands there.
    let digest: String
    /// The role, as it stands there.
    let role: Int64
    /// What is right; nil when the row is none at all.
    let right: (document: BlobReference, references: [BlobReference])?
  }

  func run(_ report: inout AuditReport) throws(JournalError) {
    for wrong in try wrongReferences(limit: AuditReport.limit) {
      report.add(
        .referencesChanged, subject: wrong.digest,
        wrong.right == nil
          ? "what gc remembers of it cannot be read"
          : "what gc remembers of its references is not what it says")
    }
    for row in try strangeRows() {
      report.add(.databaseRow, subject: row.subject, row.message)
    }
  }

  /// The remembered references that are not right, as far as their documents are there.
  ///
  /// Reads every document once.
  func wrongReferences(limit: Int) throws(JournalError) -> [Wrong] {
    guard try database.remembersReferences() else { return [] }
    var wrong: [Wrong] = []
    var last = (digest: "", role: Int64.min)
    while wrong.count < limit {
      let page = try database.auditedReferences(after: last, limit: 64)
      guard let end = page.last else { break }
      for row in page {
        if let found = try check(row) { wrong.append(found) }
      }
      guard (end.digest, end.role) > last else { break }
      last = (end.digest, end.role)
    }
    return Array(wrong.prefix(limit))
  }

  private func check(
    _ row: (digest: String, role: Int64, references: [UInt8])
  ) throws(JournalError) -> Wrong? {
    let none = Wrong(digest: row.digest, role: row.role, right: nil)
    guard let digest = try? Digest(parsing: row.digest),
      (try? ContentHasher(digest.algorithm)) != nil,
      let role = UInt8(exactly: row.role).flatMap(BlobReference.Role.init), role.refersToOthers
    else { return none }
    let finder = ContentFinder(layout, control, database)
    guard let bytes = finder.document(digest, in: [.database, .blobs, .keep, .trash]) else {
      return BlobReference.decode(row.references) == nil ? none : nil
    }
    let descriptor = Descriptor(
      mediaType: role.mediaType, digest: digest, size: Int64(bytes.count))
    guard let references = try? BlobReference.references(in: bytes, of: descriptor) else {
      return none
    }
    if BlobReference.decode(row.references) == references { return nil }
    return Wrong(
      digest: row.digest, role: row.role, right: (BlobReference(descriptor), references))
  }
}

/// Rows that are none.
extension MemoryAudit {
  /// A row that this program would not have written.
  struct StrangeRow {
    let table: JournalDatabase.MemoryTable
    let key: String
    let message: String

    var subject: String { "\(table.rawValue) \(key)" }
  }

  /// Such rows; no more than a person would read.
  func strangeRows() throws(JournalError) -> [StrangeRow] {
    var rows: [StrangeRow] = []
    for key in try database.keys(of: .moves) where try !mayMove(key) {
      rows.append(.init(table: .moves, key: key, message: "no operation of it moves blobs"))
    }
    for key in try database.keys(of: .abandoned) where (try? Digest(parsing: key)) == nil {
      rows.append(.init(table: .abandoned, key: key, message: "it is no digest"))
    }
    let waiting = Set(try database.refreshes().map(\.operation.text))
    for key in try database.keys(of: .refreshes) where !waiting.contains(key) {
      rows.append(.init(table: .refreshes, key: key, message: "it is no refresh of a bundle"))
    }
    return Array(rows.prefix(AuditReport.limit))
  }

  private func mayMove(_ key: String) throws(JournalError) -> Bool {
    guard let id = OperationID(key), let stored = try database.operation(id),
      let record = try? stored.record()
    else { return false }
    return record.movesFiles
  }
}
