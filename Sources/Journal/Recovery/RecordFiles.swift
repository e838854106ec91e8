internal import Store

/// Makes the records below `.ocitx/ops` and the rows of the database agree.
struct RecordFiles {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }

  /// Writes records again whose files are missing or differ, and puts files aside that belong to no
  /// operation: their process died before it had prepared anything.
  ///
  /// Reads the whole folder; for `recover`, not for every command.
  func reconcile() throws(JournalError) {
    let folder = session.control.records
    var strays = Set(try session.system { () throws(SyscallError) in try folder.entryNames() })
    var rewritten = 0
    var before = Int64.max
    while true {
      let page = try database.operations(before: before, limit: 256)
      guard let last = page.last?.sequence else { break }
      for stored in page {
        let name = FinalisedRecord.fileName(stored.sequence ?? 0, stored.id)
        if try !restoreFile(name, of: stored, isThere: strays.remove(name) != nil) { continue }
        rewritten += 1
      }
      before = last
    }
    if rewritten > 0 {
      journal.report.notes.append("\(rewritten) record file(s) were written again")
    }
    try putAside(strays)
  }

  /// - Returns: Whether the file had to be written.
  private func restoreFile(
    _ name: String, of stored: StoredOperation, isThere: Bool
  ) throws(JournalError) -> Bool {
    guard let bytes = stored.recordBytes, let hash = stored.hash,
      OperationRecord.hash(bytes) == hash
    else { return false }
    if isThere, try !putStrangeAside(name) {
      if try read(name) == bytes + [0x0a] { return false }
    }
    try Publisher(journal: journal).rewrite(bytes, hash, of: stored)
    return true
  }

  /// - Returns: Nil for what is no record, and for what this user may not read.
  private func read(_ name: String) throws(JournalError) -> [UInt8]? {
    do throws(SyscallError) {
      return try session.control.records.readRegularFile(name, limit: RecordFolder.maximumSize)
    } catch {
      guard error.isPermission else { throw .system(error) }
      return nil
    }
  }

  /// Moves what is no file out of the way of a record.
  private func putStrangeAside(_ name: String) throws(JournalError) -> Bool {
    let kind = try session.system { () throws(SyscallError) in
      try session.control.records.status(of: name)?.kind
    }
    guard let kind, kind != .regular else { return false }
    let saved = try putAside(name)
    journal.report.notes.append("ops/\(name) was \(kind.words); it is now displaced/\(saved)")
    return true
  }

  /// Keeps records of no operation where they do no harm: should an older database have been put
  /// back, they are all that is left of what it does not know.
  func putAside(_ strays: Set<String>) throws(JournalError) {
    for name in strays.sorted() where RecordFolder.sequence(of: name) != nil {
      let saved = try putAside(name)
      journal.report.notes.append(
        "ops/\(name) belongs to no operation; it is now displaced/\(saved)")
    }
  }

  private func putAside(_ name: String) throws(JournalError) -> String {
    try session.system { () throws(SyscallError) in
      try journal.aside.take(
        name, from: session.control.records, as: "unused-" + name, "recover.put-record-aside")
    }
  }
}
