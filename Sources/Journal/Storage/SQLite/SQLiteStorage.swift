internal import Store

/// A journal in files of the layout: rows in SQLite, locks by flock(2).
final class SQLiteStorage: JournalStorage {
  private let layout: ImageLayout
  private let control: ControlFolder
  private(set) var rows: JournalDatabase?
  var notes: [Note] = []
  /// The inode of the file that ``rows`` are in.
  private var inode: UInt64?
  /// What is wrong with it, while it waits to be made again.
  private var damage: String?
  private var wasMarked = false

  /// The storage of a layout; nothing is opened yet.
  init(_ layout: ImageLayout, _ control: ControlFolder) {
    self.layout = layout
    self.control = control
  }

  let name = DatabaseFile.usualName

  private var file: DatabaseFile { DatabaseFile(in: control.directory) }
  private var locks: LivenessLocks { LivenessLocks(folder: control.live, policy: control.policy) }

  func takeLock(_ timeout: LockTimeout) throws(JournalError) -> WriterLock {
    try LockFile(directory: control.directory, policy: control.policy).take(timeout)
  }

  func announce(_ id: OperationID) throws(JournalError) -> Announcement {
    try control.system { () throws(SyscallError) in try locks.announce(id) }
  }

  func announcements() throws(JournalError) -> [String] {
    try control.system { () throws(SyscallError) in try control.live.entryNames() }
  }

  func liveness(of name: String) throws(JournalError) -> Liveness {
    try control.system { () throws(SyscallError) in try locks.liveness(of: name) }
  }

  func withDead(
    _ name: String, _ body: () throws(JournalError) -> Void
  ) throws(JournalError) {
    try locks.withDead(name, body)
  }

  func forget(_ name: String) throws(JournalError) {
    try control.system { () throws(SyscallError) in
      _ = try control.live.remove(name, "live.reap")
    }
  }
}

/// Writing.
extension SQLiteStorage {
  func openForWriting(
    _ session: Session, _ lock: WriterLock, checkingAll: Bool
  ) throws(JournalError) -> JournalDatabase {
    try control.system { () throws(SyscallError) in
      try HardLinkedFiles(directory: control.directory, policy: control.policy)
        .unshareDatabase(session.durability)
    }
    let found = try fileInode()
    if let rows, found == inode, damage == nil {
      rows.setWait(lock.rest)
      return rows
    }
    // What somebody else has made again meanwhile is not the file that is damaged.
    let known = found == inode ? damage : nil
    rows = nil
    let (opened, notes) = try DatabaseRecovery(session: session, wait: lock.rest).open(
      damage: known, checkingAll: checkingAll)
    damage = nil
    rows = opened
    inode = try fileInode()
    self.notes += notes
    return opened
  }

  func markCorrupt(_ error: JournalError) throws(JournalError) -> Bool {
    guard !wasMarked, let found = try DatabaseRecovery.damage(toldBy: error, in: control) else {
      return false
    }
    damage = found
    wasMarked = true
    return true
  }

  private func fileInode() throws(JournalError) -> UInt64? {
    try control.system { () throws(SyscallError) in
      try control.directory.status(of: DatabaseFile.usualName)?.inode
    }
  }
}

/// Reading.
extension SQLiteStorage {
  func openForReading() throws(JournalError) -> JournalDatabase? {
    do throws(JournalError) {
      let database = try JournalDatabase(
        reading: file,
        orElse: { () throws(JournalError) in
          try self.rebuilt(reason: "the journal database is damaged")
        })
      // The first read finds out about a damaged file.
      let isEmpty = try database.head() == nil
      // An image may have been unpacked before the first operation, or that is under way.
      guard isEmpty, try database.leases().isEmpty, try !awaitsFirstOperation(database, control)
      else { return database }
      return try rebuilt(reason: "the journal database is empty")
    } catch {
      switch error {
      case .database, .databaseCorrupt, .brokenRecord, .strangeFile:
        return try rebuilt(reason: error.causes.first ?? "\(error)")
      default:
        throw error
      }
    }
  }

  /// What a writer would make of a damaged database, in memory.
  ///
  /// - Returns: Nil when there is no history at all.
  private func rebuilt(reason: String) throws(JournalError) -> JournalDatabase? {
    let salvage = DatabaseSalvage(of: file)
    let entries = try salvage.records(control)
    guard !entries.isEmpty else { return nil }
    let database = try JournalDatabase.makeInMemory(reason: reason)
    try database.transaction { () throws(JournalError) in
      try RecordImport(entries, of: layout).insert(into: database)
      _ = try salvage.copy(into: database)
    }
    return database
  }

  var isUnmade: Bool {
    guard let engine = try? SQLiteEngine(opening: file, .readOnly) else { return false }
    return (try? engine.schemaVersion()) == 0
  }

  func openForChecking() throws(JournalError) -> JournalDatabase {
    try JournalDatabase(reading: file)
  }

  func openUnverified() throws(JournalError) -> JournalDatabase {
    try JournalDatabase(readingUnverified: file)
  }
}
