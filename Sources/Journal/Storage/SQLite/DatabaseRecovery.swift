internal import Store

/// Opens the database whatever happened to it: images are never hostage to the journal.
///
/// A missing or damaged database is made again from the records below `.ocitx/ops`, and from what can
/// still be read of the damaged one. All of it runs under the writer lock.
struct DatabaseRecovery {
  let session: Session
  /// How long the database's calls may wait for other processes, in milliseconds.
  var wait: Int64 = 0

  /// Opens the database, rebuilding it when it is gone, empty though there are records, or damaged.
  ///
  /// - Parameters:
  ///   - damage: What is wrong with it, when that is known already.
  ///   - checkingAll: Whether every page is checked first, which reads the whole file.
  /// - Returns: The database, and what had to be done to it in words.
  func open(
    damage: String?, checkingAll: Bool
  ) throws(JournalError) -> (JournalDatabase, [Note]) {
    if let damage { return try rebuild(damage) }
    do throws(JournalError) {
      try ensureFile()
      let database = try openDatabase()
      if checkingAll {
        try Self.checkIntegrity(of: database)
        try database.checkRecords()
        try database.checkSnapshots()
      }
      // An empty database that knows its layout is not a lost one: its first operation died.
      if try database.head() == nil, try database.meta(MetaKey.storeID) == nil,
        try !RecordFolder(folder: session.control.records).chain(after: 0, hash: nil).isEmpty
      {
        return (database, try refill(database))
      }
      return (database, [])
    } catch {
      guard let damage = try Self.damage(toldBy: error, in: session.control) else { throw error }
      return try rebuild(damage)
    }
  }

  /// What is wrong with the database when an error tells that it is damaged and can be made again.
  ///
  /// A row that is wrong is damage only when the records know at least as much: they might be of a
  /// newer version.
  static func damage(
    toldBy error: JournalError, in control: ControlFolder
  ) throws(JournalError) -> String? {
    switch error {
    case .databaseCorrupt(_, let message): return message
    case .brokenRecord(let name, let reason):
      let file = DatabaseFile(in: control.directory)
      let last = (try? JournalDatabase(reading: file).lastSequence()) ?? 0
      let known = try DatabaseSalvage(of: file).records(control).count
      return known > 0 && Int64(known) >= last ? "record \(name): \(reason)" : nil
    default: return nil
    }
  }

  /// Checks every page and index, and that the tables are those that this version makes.
  ///
  /// Reads the whole file.
  static func checkIntegrity(of database: JournalDatabase) throws(JournalError) {
    if let complaint = try database.integrityComplaints().first {
      throw .databaseCorrupt(path: DatabaseFile.usualName, message: complaint)
    }
    guard try database.strangeTables().isEmpty else {
      throw .databaseCorrupt(
        path: DatabaseFile.usualName, message: "its tables are not as they should be")
    }
  }

  private func openDatabase() throws(JournalError) -> JournalDatabase {
    try JournalDatabase(
      writing: DatabaseFile(in: session.control.directory), durability: session.durability,
      wait: wait)
  }
}

/// Making the database again.
///
/// While this is under way the damaged file has the name ``underRepair``: a crash leaves it, and the
/// next writer goes on with it. Afterwards its name ends in a time, and nobody reads it any more.
extension DatabaseRecovery {
  private static let underRepair = DatabaseFile.usualName + ".damaged"

  private func rebuild(_ damage: String) throws(JournalError) -> (JournalDatabase, [Note]) {
    try moveAside()
    try ensureFile()
    let database = try openDatabase()
    let notes = try refill(database)
    return (
      database,
      ["the journal database was damaged (\(damage)); it is \(Self.underRepair)-… now"] + notes
    )
  }

  private func refill(_ database: JournalDatabase) throws(JournalError) -> [Note] {
    let directory = session.control.directory
    let isDamagedThere = try session.system { () throws(SyscallError) in
      try directory.status(of: Self.underRepair) != nil
    }
    let damaged = DatabaseFile(folder: directory, name: Self.underRepair)
    let salvage = isDamagedThere ? DatabaseSalvage(of: damaged) : nil
    let entries: [RecordFolder.Entry]
    if let salvage {
      entries = try salvage.records(session.control)
    } else {
      entries = try RecordFolder(folder: session.control.records).chain(after: 0, hash: nil)
    }
    var notes: [Note] = []
    try database.transaction { () throws(JournalError) in
      try RecordImport(entries, of: session.layout).insert(into: database)
      if let salvage { notes = try salvage.copy(into: database) }
    }
    if isDamagedThere { try putAway() }
    guard !entries.isEmpty else { return notes }
    if salvage == nil {
      notes = ["its leases, its copies of documents and settings without a record are lost"]
    }
    return ["the journal database was rebuilt from \(entries.count) record(s)"] + notes
  }

  /// SQLite does not create the file itself: it gets its owner and mode here.
  private func ensureFile() throws(JournalError) {
    let control = session.control
    try session.system { () throws(SyscallError) in
      if try DatabaseFile(in: control.directory).createIfMissing(control.policy) {
        try session.durability.sync(control.directory, "folder.sync-database")
      }
    }
  }

  /// Makes room for a new database.
  private func moveAside() throws(JournalError) {
    let directory = session.control.directory
    try session.system { () throws(SyscallError) in
      // Somebody died over the first one: what is there now is a piece of the second.
      let isUnderRepair = try directory.status(of: Self.underRepair) != nil
      let name = isUnderRepair ? try freeName() : Self.underRepair
      try rename(DatabaseFile.usualName, to: name)
      try session.durability.sync(directory, "recover-database.sync")
    }
  }

  /// Gives the damaged file its last name.
  private func putAway() throws(JournalError) {
    try session.system { () throws(SyscallError) in
      try rename(Self.underRepair, to: freeName())
      try session.durability.sync(session.control.directory, "recover-database.sync")
    }
  }

  /// Renames a database with its rollback journal, which comes first: it must never be replayed into
  /// another one.
  private func rename(_ name: String, to newName: String) throws(SyscallError) {
    let directory = session.control.directory
    for suffix in [JournalingVFS.journalSuffix, ""]
    where try directory.status(of: name + suffix) != nil {
      try directory.rename(
        name + suffix, to: directory, as: newName + suffix, "recover-database.move-aside")
    }
  }

  private func freeName() throws(SyscallError) -> String {
    var number = session.invocation.now().secondsSinceEpoch
    while try session.control.directory.status(of: "\(Self.underRepair)-\(number)") != nil {
      number += 1
    }
    return "\(Self.underRepair)-\(number)"
  }
}
