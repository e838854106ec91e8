internal import Store

/// Opens the database once for a process, and again when it has been made anew: by this process, since
/// a page turned out to be damaged, or by another one.
final class DatabaseOpener {
  private let session: Session
  /// The database, once it was opened.
  private(set) var database: JournalDatabase?
  /// What had to be done to it, a sentence each.
  private(set) var notes: [String] = []
  /// The inode of the file that ``database`` is.
  private var inode: UInt64?
  /// What is wrong with it, while it waits to be made again.
  private var damage: String?
  private var wasCondemned = false

  init(_ session: Session) {
    self.session = session
  }

  /// Opens the database; the writer lock must be held.
  func open(
    _ lock: WriterLock, checkingAll: Bool = false
  ) throws(JournalError) -> JournalDatabase {
    try session.system { () throws(SyscallError) in
      try HardLinkedFiles(
        directory: session.control.directory, policy: session.control.policy
      ).unshareDatabase(session.durability)
    }
    let found = try fileInode()
    if let database, found == inode, damage == nil {
      database.setWait(lock.rest)
      return database
    }
    // What somebody else has made again meanwhile is not the file that was condemned.
    let condemned = found == inode ? damage : nil
    database = nil
    let (opened, notes) = try DatabaseDoctor(session: session, wait: lock.rest).open(
      condemned: condemned, checkingAll: checkingAll)
    damage = nil
    database = opened
    inode = try fileInode()
    self.notes += notes
    return opened
  }

  /// Forgets ``notes``: they are told elsewhere.
  func forgetNotes() { notes = [] }

  private func fileInode() throws(JournalError) -> UInt64? {
    try session.system { () throws(SyscallError) in
      try session.control.directory.status(of: ControlFolder.Names.database)?.inode
    }
  }

  /// Notes that the database has turned out to be damaged, so that the next ``open(_:checkingAll:)``
  /// makes it again.
  ///
  /// - Returns: Whether that may help: the error tells of damage, and it is the first time.
  func condemn(_ error: JournalError) throws(JournalError) -> Bool {
    guard !wasCondemned, let found = try DatabaseDoctor(session: session).damage(toldBy: error)
    else { return false }
    damage = found
    wasCondemned = true
    return true
  }
}
