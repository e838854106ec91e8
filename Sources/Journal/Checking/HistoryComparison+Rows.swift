internal import Store

/// The rows of the history, with the records in them and with the files below `ops/`.
extension HistoryComparison {
  /// Looks at the whole history, a page at a time.
  mutating func compareRows() throws(JournalError) {
    while true {
      let page = try database.auditedRows(after: chain.sequence, limit: 256)
      if page.isEmpty { return }
      for row in page {
        // A number that is none would come again and again.
        guard row.sequence > chain.sequence, OperationRecord.sequences.contains(row.sequence)
        else {
          return differ(
            .operation(chain.sequence + 1), .recordRow, "its row has the number \(row.sequence)")
        }
        chain.skip(to: row.sequence, &report)
        let count = report.placedCount
        try check(row)
        // Behind a row that was added, the one before it is still the last one.
        if let open, report.placedCount == count {
          differ(
            .operation(open), .recordRow, "the database says that it is not committed yet")
        }
        open = row.state == OperationState.prepared.rawValue ? row.sequence : nil
      }
    }
  }

  private mutating func check(_ row: JournalDatabase.AuditedRow) throws(JournalError) {
    report.recordCount += 1
    guard let bytes = row.record else {
      chain.takeUnreadable()
      return differ(
        .operation(row.sequence), .recordChanged, "its record is gone from the database")
    }
    let record: OperationRecord
    do throws(JournalError) {
      record = try OperationRecord(parsing: bytes, named: "record")
    } catch {
      chain.takeUnreadable()
      try checkFile(row, bytes)
      return differ(
        .operation(row.sequence), .recordChanged, error.inOneLine)
    }
    chain.take(record, bytes, &report)
    checkIdentity(row, record, bytes)
    let wrong = Self.wrongColumns(row, record, after: stamp)
    stamp = row.stamp
    if !wrong.isEmpty {
      differ(
        .operation(row.sequence), .recordRow,
        "the database contradicts its record: " + wrong.joined(separator: ", "))
    }
    if try !hasEdits(of: record, at: row.sequence) {
      differ(
        .operation(row.sequence), .recordRow, "its edits in the database are not its record's")
    }
    try checkFile(row, bytes)
    setHead(row, record)
  }

  private mutating func checkIdentity(
    _ row: JournalDatabase.AuditedRow, _ record: OperationRecord, _ bytes: [UInt8]
  ) {
    if OperationRecord.hash(bytes).description != row.hash {
      differ(
        .operation(row.sequence), .recordChanged, "its record does not match its hash")
    }
    if record.sequence != row.sequence {
      differ(
        .operation(row.sequence), .recordChanged,
        "its record says that it is operation \(record.sequence)")
    }
    if record.id.text != row.id {
      differ(
        .operation(row.sequence), .recordChanged, "its record says that its id is \(record.id)")
    }
  }

  /// The columns of a row that are not those that its record makes.
  ///
  /// - Parameter stamp: The one of the row before.
  static func wrongColumns(
    _ row: JournalDatabase.AuditedRow, _ record: OperationRecord, after stamp: String?
  ) -> [String] {
    let isPublishing = record.kind.publishes
    let isDigest = (try? Digest(parsing: row.indexAfter)) != nil
    let isRight: KeyValuePairs<String, Bool> = [
      "state": ["prepared", "committed"].contains(row.state),
      "reason": row.reason == nil,
      "kind": row.kind == record.kind.rawValue,
      "uid": row.userID == Int64(record.author.userID),
      "started": row.started == record.time.description,
      "index_before": row.indexBefore == record.indexBefore?.description,
      "index_after":
        isDigest && (isPublishing || row.indexAfter == record.indexAfter.description),
      "stamp": row.stamp == expectedStamp(row, record, after: stamp),
    ]
    return isRight.filter { !$0.value }.map(\.key)
  }

  private static func expectedStamp(
    _ row: JournalDatabase.AuditedRow, _ record: OperationRecord, after stamp: String?
  ) -> String? {
    guard record.kind.publishes, let hash = try? Digest(parsing: row.hash) else {
      // A fork repeats what was there; one that was imported has none.
      return record.kind == .fork ? row.stamp.flatMap { _ in stamp } : record.baseStamp
    }
    return CommitMarker(
      sequence: record.sequence, operation: record.id,
      chain: String(hash.encoded.prefix(CommitMarker.chainLength))
    ).description
  }

  /// Whether the edits in the database are those of a record.
  func hasEdits(
    of record: OperationRecord, at sequence: Int64
  ) throws(JournalError) -> Bool {
    do throws(JournalError) {
      return try database.edits(after: sequence - 1, through: sequence) == record.edits
    } catch {
      guard case .brokenRecord = error else { throw error }
      return false
    }
  }

  /// - Throws: What keeps this user from reading the file, which tells nothing about the history.
  private mutating func checkFile(
    _ row: JournalDatabase.AuditedRow, _ bytes: [UInt8]
  ) throws(JournalError) {
    guard let id = OperationID(row.id) else { return }
    let name = FinalisedRecord.fileName(row.sequence, id)
    do throws(SyscallError) {
      let file = try control.records.openFile(name)
      let isRegular = try file.status().kind == .regular
      let found = isRegular ? try file.readToEnd(limit: bytes.count + 1) : nil
      if found != bytes + [0x0a] {
        differ(
          .recordFile(row.sequence, name), .recordFileChanged, "it is not what the database has")
      }
    } catch {
      if error.isPermission || error.isAboutResources { throw .system(error) }
      differ(
        .recordFile(row.sequence, name),
        error.isNotFound ? .recordFileMissing : .recordFileChanged,
        error.isNotFound ? "it is missing" : error.description)
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
    if (try? stage.status(of: IndexExchange.retractedName)) ?? nil != nil { return false }
    guard
      let staged = try? stage.openFile(IndexExchange.stagedName)
        .readToEnd(limit: ImageLayout.maximumIndexSize)
    else { return true }
    return Digest.sha256(of: staged).description != row.indexAfter
  }
}
