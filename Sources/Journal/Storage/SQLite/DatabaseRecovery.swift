internal import Store

/// Opens the database whatever happened to it: images are never hostage to the journal.
///
/// A missing or damaged database is made again from the records below `.ocitx/ops`, and from what can
/// still be read of the damaged one. All of it runs under the writer lock.
struct DatabaseDoctor {
  let session: Session
  /// How long the database's calls may wait for other processes, in milliseconds.
  var wait: Int64 = 0

  /// Opens the database, rebuilding it when it is gone, empty though there are records, or damaged.
  ///
  /// - Parameters:
  ///   - condemned: What is wrong with it, when that is known already.
  ///   - checkingAll: Whether every page is checked first, which reads the whole file.
  /// - Returns: The database, and what had to be done to it in words.
  func open(
    condemned: String?, checkingAll: Bool
  ) throws(JournalError) -> (JournalDatabase, [String]) {
    if let condemned { return try rebuild(condemned) }
    do throws(JournalError) {
      try ensureFile()
      let database = try openDatabase()
      if checkingAll {
        try database.checkIntegrity()
        try checkRecords(of: database)
      }
      // An empty database that knows its layout is not a lost one: its first operation died.
      if try database.head() == nil, try database.meta(MetaKey.storeID) == nil,
        try !RecordFolder(folder: session.control.records).chain(after: 0, hash: nil).isEmpty
      {
        return (database, try refill(database))
      }
      return (database, [])
    } catch {
      guard let damage = try damage(toldBy: error) else { throw error }
      return try rebuild(damage)
    }
  }

  /// What is wrong with the database when an error tells that it is damaged and can be made again.
  ///
  /// A row that is wrong condemns it only when the records know at least as much: they might be of a
  /// newer version.
  func damage(toldBy error: JournalError) throws(JournalError) -> String? {
    switch error {
    case .databaseCorrupt(_, let message): return message
    case .brokenRecord(let name, let reason):
      let file = session.control.database
      let last = (try? JournalDatabase(reading: file).lastSequence()) ?? 0
      let known = try entries(DatabaseSalvage(of: file)).count
      return known > 0 && Int64(known) >= last ? "record \(name): \(reason)" : nil
    default: return nil
    }
  }

  private func checkRecords(of database: JournalDatabase) throws(JournalError) {
    try database.checkRecords()
    try database.checkSnapshots()
  }

  /// Adds what the files know and the database does not: it was put back from a backup.
  func catchUp(_ database: JournalDatabase) throws(JournalError) -> Int {
    let head = try database.head()
    let entries = try RecordFolder(folder: session.control.records).chain(
      after: head?.sequence ?? 0, hash: head?.hash)
    let index = currentIndex()
    try database.transaction { () throws(JournalError) in
      try database.importRecords(entries, current: index)
    }
    return entries.count
  }

  /// The bytes of index.json as it is; nil when it cannot be read just now.
  private func currentIndex() -> [UInt8]? {
    try? session.layout.root.openFile(LayoutPaths.index)
      .readToEnd(limit: ImageLayout.maximumIndexSize)
  }

  private func openDatabase() throws(JournalError) -> JournalDatabase {
    try JournalDatabase(
      writing: session.control.database, durability: session.durability, wait: wait)
  }

  private func entries(
    _ salvage: DatabaseSalvage?
  ) throws(JournalError) -> [RecordFolder.Entry] {
    var folder = RecordFolder(folder: session.control.records)
    if let salvage { folder.elsewhere = { salvage.record($0) } }
    return try folder.chain(after: 0, hash: nil)
  }
}

/// Making the database again.
///
/// While this is under way the damaged file has the name ``underRepair``: a crash leaves it, and the
/// next writer goes on with it. Afterwards its name ends in a time, and nobody reads it any more.
extension DatabaseDoctor {
  private static let underRepair = ControlFolder.Names.database + ".damaged"
  private static let journalSuffix = "-journal"

  private func rebuild(_ damage: String) throws(JournalError) -> (JournalDatabase, [String]) {
    try moveAside()
    try ensureFile()
    let database = try openDatabase()
    let notes = try refill(database)
    return (
      database,
      ["the journal database was damaged (\(damage)); it is \(Self.underRepair)-… now"] + notes
    )
  }

  private func refill(_ database: JournalDatabase) throws(JournalError) -> [String] {
    let directory = session.control.directory
    let isDamagedThere = try session.system { () throws(SyscallError) in
      try directory.status(of: Self.underRepair) != nil
    }
    let damaged = DatabaseFile(folder: directory, name: Self.underRepair)
    let salvage = isDamagedThere ? DatabaseSalvage(of: damaged) : nil
    let entries = try entries(salvage)
    var notes: [String] = []
    let index = currentIndex()
    try database.transaction { () throws(JournalError) in
      try database.importRecords(entries, current: index)
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
      if try ControlFolder.makeDatabaseFiles(in: control.directory, control.policy) {
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
      try rename(ControlFolder.Names.database, to: name)
      try session.durability.sync(directory, "doctor.sync")
    }
  }

  /// Gives the damaged file its last name.
  private func putAway() throws(JournalError) {
    try session.system { () throws(SyscallError) in
      try rename(Self.underRepair, to: freeName())
      try session.durability.sync(session.control.directory, "doctor.sync")
    }
  }

  /// Renames a database with its rollback journal, which comes first: it must never be replayed into
  /// another one.
  private func rename(_ name: String, to newName: String) throws(SyscallError) {
    let directory = session.control.directory
    for suffix in [Self.journalSuffix, ""] where try directory.status(of: name + suffix) != nil {
      try directory.rename(
        name + suffix, to: directory, as: newName + suffix, "doctor.move-aside")
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
