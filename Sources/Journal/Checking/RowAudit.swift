internal import Store

/// Compares the rows of the database with the records in them, and with the files below `ops/`.
struct RowAudit {
  let database: JournalDatabase
  let control: ControlFolder
  var chain: ChainAudit
  var report: AuditReport
  /// The stamp that index.json had after the operation before.
  private var stamp: String?
  /// The last operation, when its row says that it is not committed.
  private var open: Int64?

  init(
    _ database: JournalDatabase, _ control: ControlFolder, _ chain: ChainAudit,
    _ report: AuditReport
  ) {
    self.database = database
    self.control = control
    self.chain = chain
    self.report = report
  }

  /// Looks at the whole history, a page at a time.
  mutating func run() throws(JournalError) {
    while true {
      let page = try database.auditedRows(after: chain.sequence, limit: 256)
      if page.isEmpty { return }
      for row in page {
        // A number that is none would come again and again.
        guard row.sequence > chain.sequence, OperationRecord.sequences.contains(row.sequence)
        else {
          return report.add(
            .recordRow, at: chain.sequence + 1, "its row has the number \(row.sequence)")
        }
        chain.skip(to: row.sequence, &report)
        let count = report.placedCount
        try check(row)
        // Behind a row that was added, the one before it is still the last one.
        if let open, report.placedCount == count {
          report.add(.recordRow, at: open, "the database says that it is not committed yet")
        }
        open = row.state == OperationState.prepared.rawValue ? row.sequence : nil
      }
    }
  }

  private mutating func check(_ row: JournalDatabase.AuditedRow) throws(JournalError) {
    report.recordCount += 1
    guard let bytes = row.record else {
      chain.takeUnreadable()
      return report.add(.recordChanged, at: row.sequence, "its record is gone from the database")
    }
    let record: OperationRecord
    do throws(JournalError) {
      record = try OperationRecord(parsing: bytes, named: "record")
    } catch {
      chain.takeUnreadable()
      try checkFile(row, bytes)
      return report.add(.recordChanged, at: row.sequence, error.inOneLine)
    }
    chain.take(record, bytes, &report)
    checkIdentity(row, record, bytes)
    checkColumns(row, record)
    try checkEdits(row, record)
    try checkFile(row, bytes)
    setHead(row, record)
  }

  private mutating func checkIdentity(
    _ row: JournalDatabase.AuditedRow, _ record: OperationRecord, _ bytes: [UInt8]
  ) {
    if OperationRecord.hash(bytes).description != row.hash {
      report.add(.recordChanged, at: row.sequence, "its record does not match its hash")
    }
    if record.sequence != row.sequence {
      report.add(
        .recordChanged, at: row.sequence,
        "its record says that it is operation \(record.sequence)")
    }
    if record.id.text != row.id {
      report.add(.recordChanged, at: row.sequence, "its record says that its id is \(record.id)")
    }
  }

  private mutating func checkColumns(
    _ row: JournalDatabase.AuditedRow, _ record: OperationRecord
  ) {
    var wrong: [String] = []
    if !["prepared", "committed"].contains(row.state) { wrong.append("state") }
    if row.reason != nil { wrong.append("reason") }
    if row.kind != record.kind.rawValue { wrong.append("kind") }
    if row.userID != Int64(record.author.userID) { wrong.append("uid") }
    if row.started != record.time.description { wrong.append("started") }
    if row.indexBefore != record.indexBefore?.description { wrong.append("index_before") }
    if !record.kind.publishes, row.indexAfter != record.indexAfter.description {
      wrong.append("index_after")
    }
    if (try? Digest(parsing: row.indexAfter)) == nil { wrong.append("index_after") }
    let expected = expectedStamp(row, record)
    if row.stamp != expected { wrong.append("stamp") }
    stamp = row.stamp
    guard !wrong.isEmpty else { return }
    report.add(
      .recordRow, at: row.sequence,
      "the database contradicts its record: " + wrong.joined(separator: ", "))
  }

  private func expectedStamp(
    _ row: JournalDatabase.AuditedRow, _ record: OperationRecord
  ) -> String? {
    guard record.kind.publishes, let hash = try? Digest(parsing: row.hash) else {
      // A fork repeats what was there; one that was imported has none.
      return record.kind == .fork ? row.stamp.flatMap { _ in stamp } : record.baseStamp
    }
    return Stamp(
      sequence: record.sequence, operation: record.id,
      chain: String(hash.encoded.prefix(Stamp.chainLength))
    ).description
  }

  private mutating func checkEdits(
    _ row: JournalDatabase.AuditedRow, _ record: OperationRecord
  ) throws(JournalError) {
    do throws(JournalError) {
      let edits = try database.edits(after: row.sequence - 1, through: row.sequence)
      if edits == record.edits { return }
    } catch {
      guard case .brokenRecord = error else { throw error }
    }
    report.add(.recordRow, at: row.sequence, "its edits in the database are not its record's")
  }

  /// - Throws: What keeps this user from reading the file, which tells nothing about the history.
  private mutating func checkFile(
    _ row: JournalDatabase.AuditedRow, _ bytes: [UInt8]
  ) throws(JournalError) {
    guard let id = OperationID(row.id) else { return }
    let name = SealedRecord.fileName(row.sequence, id)
    let subject = "ops/" + name
    do throws(SyscallError) {
      let file = try control.records.openFile(name)
      let isRegular = try file.status().kind == .regular
      let found = isRegular ? try file.readToEnd(limit: bytes.count + 1) : nil
      if found != bytes + [0x0a] {
        report.add(
          .recordFileChanged, at: row.sequence, subject: subject, "it is not what the database has")
      }
    } catch {
      if error.isPermission || error.isAboutResources { throw .system(error) }
      report.add(
        error.isNotFound ? .recordFileMissing : .recordFileChanged, at: row.sequence,
        subject: subject, error.isNotFound ? "it is missing" : error.description)
    }
  }

  private mutating func setHead(
    _ row: JournalDatabase.AuditedRow, _ record: OperationRecord
  ) {
    // What is prepared and not swapped in is not in index.json yet, and may never be.
    guard let hash = try? Digest(parsing: row.hash), row.state != "prepared" || isPublished(row)
    else { return }
    report.head = .init(
      sequence: row.sequence, id: row.id, hash: hash, time: record.wallClock)
  }

  private func isPublished(_ row: JournalDatabase.AuditedRow) -> Bool {
    guard let stage = try? control.stage.openDirectory(row.id) else { return true }
    if (try? stage.status(of: IndexExchange.withdrawnName)) ?? nil != nil { return false }
    guard
      let staged = try? stage.openFile(IndexExchange.stagedName)
        .readToEnd(limit: ImageLayout.maximumIndexSize)
    else { return true }
    return Digest.sha256(of: staged).description != row.indexAfter
  }
}
