internal import Store

/// Mends what the database holds from the records below `ops/`, from the records in its own rows, and
/// from the layout's blobs.
///
/// The writer lock must be held. Each step is one transaction, and may be repeated.
struct HistoryMender {
  private let session: Session
  private let database: JournalDatabase

  init(_ session: Session, _ database: JournalDatabase) {
    self.session = session
    self.database = database
  }

  /// Mends the rows of the history and what belongs to them.
  ///
  /// Not while an operation is under way or has died: recovery decides about those from the very rows.
  ///
  /// - Returns: What was done, a sentence each.
  func mendRows() throws(JournalError) -> [String] {
    let isQuiet = try session.system { () throws(SyscallError) in
      try session.control.stage.entryNames().isEmpty
    }
    guard isQuiet else { return [] }
    let entries = try RecordFolder(folder: session.control.records).chain(after: 0, hash: nil)
    var done: [String] = []
    try database.transaction { () throws(JournalError) in
      done += try mendStore(entries)
      let settings = try database.allSettings()
      done += try mendOperations(entries)
      done += try mendSettings(settings)
      done += try dropStrays()
    }
    return done
  }

  /// The id of the journal: what the folder and the last record agree on is right.
  private func mendStore(_ entries: [RecordFolder.Entry]) throws(JournalError) -> [String] {
    guard let last = entries.last?.record.store, let stored = try database.meta(MetaKey.storeID),
      stored != last, session.control.format.storeID == last
    else { return [] }
    try database.setMeta(MetaKey.storeID, last)
    return ["the store id in the database was set right"]
  }

  /// Writes rows again that differ from a record which the chain vouches for.
  private func mendOperations(
    _ entries: [RecordFolder.Entry]
  ) throws(JournalError) -> [String] {
    let last = try database.lastSequence()
    var wrong: [RecordFolder.Entry] = []
    // The last record has none after it that vouches for it: its hash must be the row's.
    for (offset, entry) in entries.enumerated() where entry.record.sequence <= last {
      let isVouched = offset + 1 < entries.count
      if try isWrong(entry, isVouched: isVouched) { wrong.append(entry) }
    }
    guard !wrong.isEmpty else { return [] }
    let indexes = try wrong.map { entry throws(JournalError) in
      try database.indexAfter(entry.record.id)
    }
    for entry in wrong { try database.removeRows(of: entry.record) }
    for (entry, index) in zip(wrong, indexes) {
      var sealed = SealedRecord(imported: entry, published: nil)
      if entry.record.kind.publishes, let index {
        sealed = SealedRecord(
          record: sealed.record, bytes: sealed.bytes, hash: sealed.hash, publishedDigest: index,
          stamp: sealed.stamp)
      }
      try database.insert(sealed, state: .committed)
    }
    return ["\(wrong.count) operation(s) were written to the database again"]
  }

  private func isWrong(
    _ entry: RecordFolder.Entry, isVouched: Bool
  ) throws(JournalError) -> Bool {
    let record = entry.record
    guard
      let row = try database.auditedRows(after: record.sequence - 1, limit: 1).first,
      row.sequence == record.sequence
    else { return isVouched }
    guard isVouched || row.hash == entry.hash.description || row.record == entry.bytes else {
      return false
    }
    let isSame =
      row.id == record.id.text && row.record == entry.bytes
      && row.hash == entry.hash.description && row.kind == record.kind.rawValue
      && row.userID == Int64(record.author.userID) && row.started == record.time.description
      && row.indexBefore == record.indexBefore?.description
      && OperationState(rawValue: row.state) != nil && row.reason == nil
      && (!isVouched || row.state == OperationState.committed.rawValue)
      && (try? Digest(parsing: row.indexAfter)) != nil
      && (record.kind.publishes || row.indexAfter == record.indexAfter.description)
      && (!record.kind.publishes
        || row.stamp == SealedRecord(imported: entry, published: nil).stamp)
    guard isSame else { return true }
    do throws(JournalError) {
      return try database.edits(after: record.sequence - 1, through: record.sequence)
        != record.edits
    } catch {
      guard case .brokenRecord = error else { throw error }
      return true
    }
  }

  /// Makes those settings hold that the records say.
  ///
  /// - Parameter found: Those that held before the operations were mended.
  private func mendSettings(_ found: [String: String]) throws(JournalError) -> [String] {
    try database.resetSettings()
    let recorded = try database.allSettings()
    return Set(found.keys).union(recorded.keys).sorted().filter { found[$0] != recorded[$0] }.map {
      "setting \($0) was set back to \(recorded[$0] ?? "its default"), as the history says"
    }
  }

  /// Drops what no record explains: it is no part of the history.
  private func dropStrays() throws(JournalError) -> [String] {
    var done: [String] = []
    for sequence in try database.straySequencesOfEdits() {
      try database.removeEdits(of: sequence)
      done.append("edits of no operation were dropped")
    }
    for sequence in try database.snapshotSequences() {
      guard let snapshot = try database.auditedSnapshot(sequence),
        snapshot.indexAfter != Digest.sha256(of: snapshot.bytes).description
      else { continue }
      try database.removeSnapshot(sequence)
      done.append("a damaged copy of index.json was dropped; the edits lead to the same state")
    }
    for row in try database.homelessRows()
    where OperationID(row.id) == nil || OperationState(rawValue: row.state) == nil || !row.isSound {
      try database.removeHomeless(row.id)
      done.append("a row of no operation was dropped")
    }
    return done
  }

  /// Writes copies of documents again that are damaged, and forgets what is nowhere.
  ///
  /// - Returns: What was done, a sentence each.
  func mendDocuments() throws(JournalError) -> [String] {
    var done: [String] = []
    let finder = ContentFinder(session.layout, session.control, nil)
    try database.transaction { () throws(JournalError) in
      for text in try damagedDocuments() {
        try database.removeDocument(text)
        guard let digest = try? Digest(parsing: text),
          let bytes = finder.document(digest, in: ContentFinder.Place.files)
        else {
          done.append("the damaged copy of \(text) in the database was dropped")
          continue
        }
        try database.insertDocuments([(digest, bytes)])
        done.append("the copy of \(text) in the database was written again")
      }
      for text in try lostPins() {
        try database.removePin(text)
        done.append("\(text) is nowhere, and the history no longer keeps it")
      }
      done += try mendMemory()
    }
    return done
  }

  /// Finds out again what documents refer to, and drops rows that stand for no work.
  private func mendMemory() throws(JournalError) -> [String] {
    let audit = MemoryAudit(layout: session.layout, control: session.control, database: database)
    var done: [String] = []
    for wrong in try audit.wrongReferences(limit: .max) {
      try database.removeReferences(of: wrong.digest, role: wrong.role)
      if let right = wrong.right { try database.insertReferences([right]) }
      done.append("what \(wrong.digest) refers to was found out again")
    }
    for row in try audit.strangeRows() {
      try database.removeRow(row.key, of: row.table)
      done.append("a row that stands for no work was dropped: \(row.subject)")
    }
    return done
  }

  private func damagedDocuments() throws(JournalError) -> [String] {
    var damaged: [String] = []
    var last = ""
    while true {
      let page = try database.auditedDocuments(after: last, limit: 16)
      guard let next = page.last?.digest, next > last else { return damaged }
      last = next
      for (text, _) in page {
        let digest = try? Digest(parsing: text)
        if try digest.map({ digest throws(JournalError) in try database.document(digest) })
          ?? nil == nil
        {
          damaged.append(text)
        }
      }
    }
  }

  private func lostPins() throws(JournalError) -> [String] {
    let audit = DatabaseAudit(
      layout: session.layout, control: session.control, database: database)
    var report = AuditReport()
    try audit.checkPins(&report)
    return report.findings.filter { $0.code == .keptMissing }.map(\.subject)
  }
}
