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
  func mendRows() throws(JournalError) -> [Note] {
    let isQuiet = try session.system { () throws(SyscallError) in
      try session.control.stage.entryNames().isEmpty
    }
    guard isQuiet else { return [] }
    let entries = try RecordFolder(folder: session.control.records).chain(after: 0, hash: nil)
    var done: [Note] = []
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
  private func mendStore(_ entries: [RecordFolder.Entry]) throws(JournalError) -> [Note] {
    guard let last = entries.last?.record.store, let stored = try database.meta(MetaKey.storeID),
      stored != last, session.control.format.storeID == last
    else { return [] }
    try database.setMeta(MetaKey.storeID, last)
    return ["the store id in the database was set right"]
  }

  /// Writes rows again that differ from a record which the chain vouches for.
  private func mendOperations(
    _ entries: [RecordFolder.Entry]
  ) throws(JournalError) -> [Note] {
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
      var finalised = FinalisedRecord(imported: entry, published: nil)
      if entry.record.kind.publishes, let index {
        finalised = FinalisedRecord(
          record: finalised.record, bytes: finalised.bytes, hash: finalised.hash,
          publishedDigest: index,
          stamp: finalised.stamp)
      }
      try database.insert(finalised, state: .committed)
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
    let isOwn =
      row.id == record.id.text && row.record == entry.bytes
      && row.hash == entry.hash.description
      && (!isVouched || row.state == OperationState.committed.rawValue)
    // The row before, whose stamp a fork repeats, is looked at by itself.
    let wrong = HistoryComparison.wrongColumns(row, record, after: row.stamp)
    let hasEdits = try comparison.hasEdits(of: record, at: record.sequence)
    return !isOwn || !wrong.isEmpty || !hasEdits
  }

  /// Makes those settings hold that the records say.
  ///
  /// - Parameter found: Those that held before the operations were mended.
  private func mendSettings(_ found: [String: String]) throws(JournalError) -> [Note] {
    try database.resetSettings()
    let recorded = try database.allSettings()
    return Set(found.keys).union(recorded.keys).sorted().filter { found[$0] != recorded[$0] }.map {
      "setting \($0) was set back to \(recorded[$0] ?? "its default"), as the history says"
    }
  }

  /// Drops what no record explains: it is no part of the history.
  private func dropStrays() throws(JournalError) -> [Note] {
    try mend { (comparison) throws(JournalError) in
      try comparison.compareHomeless()
      try comparison.compareSnapshots()
    }
  }

  /// Writes copies of documents again that are damaged, forgets what is nowhere, finds out again what documents
  /// refer to, and drops rows that stand for no work.
  ///
  /// - Returns: What was done, a sentence each.
  func mendDocuments() throws(JournalError) -> [Note] {
    var done: [Note] = []
    try database.transaction { () throws(JournalError) in
      done += try mend { (comparison) throws(JournalError) in try comparison.compareDocuments() }
      done += try mend { (comparison) throws(JournalError) in try comparison.comparePins() }
      done += try mend { (comparison) throws(JournalError) in
        try comparison.compareReferences()
        try comparison.compareWork()
      }
    }
    return done
  }

  private var comparison: HistoryComparison {
    HistoryComparison(session.layout, session.control, database)
  }

  /// Mends all differences of a kind.
  private func mend(
    _ compare: (inout HistoryComparison) throws(JournalError) -> Void
  ) throws(JournalError) -> [Note] {
    var comparison = comparison
    try compare(&comparison)
    var done: [Note] = []
    for difference in comparison.differences {
      if let sentence = try mend(difference) { done.append(sentence) }
    }
    return done
  }

  /// - Returns: What was done; nil when it is not mended here.
  private func mend(_ difference: HistoryDifference) throws(JournalError) -> Note? {
    switch difference {
    case .strayEdits(let sequence):
      try database.removeEdits(of: sequence)
      return "edits of no operation were dropped"
    case .snapshot(let sequence):
      try database.removeSnapshot(sequence)
      return "a damaged copy of index.json was dropped; the edits lead to the same state"
    case .homeless(let id, isSound: false):
      try database.removeHomeless(id)
      return "a row of no operation was dropped"
    case .document(let text): return try mendDocument(text)
    case .pin(let text):
      try database.removePin(text)
      return "\(text) is nowhere, and the history no longer keeps it"
    case .references(let digest, let role, let right):
      try database.removeReferences(of: digest, role: role)
      if let right { try database.insertReferences([right]) }
      return "what \(digest) refers to was found out again"
    case .work(let table, let key):
      try database.removeRow(key, of: table)
      return "a row that stands for no work was dropped: \(difference.subject)"
    default: return nil
    }
  }

  private func mendDocument(_ text: String) throws(JournalError) -> Note {
    try database.removeDocument(text)
    let finder = ContentFinder(session.layout, session.control, nil)
    guard let digest = try? Digest(parsing: text),
      let bytes = finder.document(digest, in: ContentFinder.Place.files)
    else { return "the damaged copy of \(text) in the database was dropped" }
    try database.insertDocuments([(digest, bytes)])
    return "the copy of \(text) in the database was written again"
  }
}
