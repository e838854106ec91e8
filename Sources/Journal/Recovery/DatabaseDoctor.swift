internal import Store

/// Opens the database whatever happened to it: images are never hostage to the journal.
///
/// A missing or damaged database is made again from the records below `.ocitx/ops`. All of it runs
/// under the writer lock.
struct DatabaseDoctor {
  let session: Session

  /// Opens the database, rebuilding it when it is gone, empty though there are records, or damaged.
  ///
  /// - Parameter checkingAll: Whether every page is checked first, which reads the whole file.
  /// - Returns: The database, and what had to be done to it in words.
  func open(checkingAll: Bool) throws(JournalError) -> (JournalDatabase, [String]) {
    let path = try session.control.databasePath()
    do throws(JournalError) {
      try ensureFile()
      let database = try JournalDatabase(writing: path, durability: session.durability)
      if checkingAll {
        try database.checkIntegrity()
        try checkRecords(of: database, path)
      }
      // An empty database that knows its layout is not a lost one: its first operation died.
      if try database.head() == nil, try database.meta(MetaKey.storeID) == nil,
        try !records(after: nil).isEmpty
      {
        return (database, try refill(database))
      }
      return (database, [])
    } catch {
      guard case .databaseCorrupt(_, let message) = error else { throw error }
      try moveAside()
      try ensureFile()
      let database = try JournalDatabase(writing: path, durability: session.durability)
      let notes = try refill(database)
      return (database, ["the journal database was damaged (\(message)) and was put aside"] + notes)
    }
  }

  /// Compares rows with records.
  ///
  /// A row that is wrong condemns the database only when the files know at least as much.
  private func checkRecords(of database: JournalDatabase, _ path: String) throws(JournalError) {
    do throws(JournalError) { try database.checkRecords() } catch {
      guard case .brokenRecord(let name, let reason) = error else { throw error }
      let known = try records(after: nil).count
      let head: Head?
      do throws(JournalError) { head = try database.head() } catch {
        guard case .brokenRecord = error else { throw error }
        head = nil
      }
      guard known > 0, Int64(known) >= head?.sequence ?? 0 else { throw error }
      throw .databaseCorrupt(path: path, message: "record \(name): \(reason)")
    }
  }

  /// Adds what the files know and the database does not: it was put back from a backup.
  func catchUp(_ database: JournalDatabase) throws(JournalError) -> Int {
    let entries = try records(after: database.head())
    try database.importRecords(entries)
    return entries.count
  }

  private func records(after head: Head?) throws(JournalError) -> [RecordFolder.Entry] {
    try RecordFolder(folder: session.control.records).chain(
      after: head?.sequence ?? 0, hash: head?.hash)
  }

  private func refill(_ database: JournalDatabase) throws(JournalError) -> [String] {
    let entries = try records(after: nil)
    try database.importRecords(entries)
    return entries.isEmpty
      ? [] : ["the journal database was rebuilt from \(entries.count) record(s)"]
  }

  /// SQLite does not create the file itself: it gets its owner and mode here.
  private func ensureFile() throws(JournalError) {
    let control = session.control
    try session.system { () throws(SyscallError) in
      if try ControlFolder.makeDatabaseFiles(in: control.directory, control.policy) {
        try session.durability.sync(control.directory, "folder.sync-database")
      }
    }
  }

  private func moveAside() throws(JournalError) {
    let directory = session.control.directory
    let suffix = ".damaged-\(session.invocation.now().secondsSinceEpoch)"
    try session.system { () throws(SyscallError) in
      // The rollback journal first: it must never be replayed into the new database.
      for name in [ControlFolder.Names.rollbackJournal, ControlFolder.Names.database]
      where try directory.status(of: name) != nil {
        try directory.rename(name, to: directory, as: name + suffix, "doctor.move-aside")
      }
      try session.durability.sync(directory, "doctor.sync")
    }
  }
}

extension JournalDatabase {
  /// Checks every page; sqlite.org/pragma.html#pragma_quick_check.
  ///
  /// Reads the whole file.
  func checkIntegrity() throws(JournalError) {
    let answer = try row("PRAGMA quick_check(1)") { $0.text(0) } ?? nil
    guard answer == "ok" else {
      throw .databaseCorrupt(path: "journal.db", message: answer ?? "no answer")
    }
  }
}
