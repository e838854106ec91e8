internal import Store

/// Rows made of the records below `.ocitx/ops`.
struct RecordImport {
  /// The records, oldest first.
  let entries: [RecordFolder.Entry]
  /// The bytes of index.json as it is, when they can be read: its digest tells more than the record of the
  /// operation that published it.
  private let index: [UInt8]?

  /// Prepares to make rows of some records of a layout.
  init(_ entries: [RecordFolder.Entry], of layout: ImageLayout) {
    self.entries = entries
    index = try? layout.root.openRegularFile(LayoutPaths.index)?
      .readToEnd(limit: ImageLayout.maximumIndexSize)
  }

  /// Adds the records to the history.
  ///
  /// The last is prepared only: whether it was published its stage tells. Call it inside
  /// ``JournalDatabase/transaction(_:)``.
  func insert(into database: JournalDatabase) throws(JournalError) {
    for entry in entries {
      let known = entry.sequence == entries.last?.sequence ? index : nil
      try database.insert(FinalisedRecord(imported: entry, published: known), state: .prepared)
    }
    if let last = entries.last?.record, !last.kind.publishes { try database.markCommitted(last.id) }
  }

  /// Adds what the files know and the rows do not: those were put back from a backup.
  ///
  /// - Returns: The number of records.
  static func catchUp(
    _ database: JournalDatabase, _ session: Session
  ) throws(JournalError) -> Int {
    let head = try database.head()
    let entries = try RecordFolder(folder: session.control.records).chain(
      after: head?.sequence ?? 0, hash: head?.hash)
    let records = RecordImport(entries, of: session.layout)
    try database.transaction { () throws(JournalError) in try records.insert(into: database) }
    return entries.count
  }
}
