internal import Store

/// What remembers the journal of one layout: the one door to the writer lock, to who is alive, and to rows.
///
/// One thread at a time. What is below it (files, servers, locks of either) nobody else knows; see
/// docs/decisions/0057.
protocol JournalStorage: AnyObject {
  /// What keeps the rows, for messages: a name below `.ocitx/`.
  var name: String { get }

  // MARK: Alone

  /// Takes the lock between writers of the layout, which ends with the process that holds it.
  ///
  /// - Throws: ``JournalError/locked(path:holder:waitedSeconds:)`` when the time is over.
  func takeLock(_ timeout: LockTimeout) throws(JournalError) -> WriterLock

  // MARK: Alive

  /// Announces an operation of this process.
  func announce(_ id: OperationID) throws(JournalError) -> Announcement
  /// The names under which operations are announced, of the living and of the dead: their ids. One that is
  /// just being announced may have a full stop before its id.
  func announcements() throws(JournalError) -> [String]
  /// What is known of the process of an operation, which was announced under a name.
  func liveness(of name: String) throws(JournalError) -> Liveness
  /// Looks after an operation whose process is dead, so that nobody else does at the same time; does nothing
  /// for a living one.
  func withDead(
    _ name: String, _ body: () throws(JournalError) -> Void
  ) throws(JournalError)
  /// Removes the announcement of an operation that is over.
  func forget(_ name: String) throws(JournalError)

  // MARK: Rows

  /// The rows that this process writes; nil before they are opened.
  var rows: JournalDatabase? { get }
  /// What had to be done to the rows to open them, a sentence each.
  var notes: [Note] { get set }
  /// Opens the rows for writing: made or migrated when they must be, and made again from the records when they
  /// are lost or damaged.
  ///
  /// Once for a process, and again when somebody has made them anew.
  ///
  /// - Parameter checkingAll: Whether all that is stored is checked first.
  func openForWriting(
    _ session: Session, _ lock: WriterLock, checkingAll: Bool
  ) throws(JournalError) -> JournalDatabase
  /// Whether the rows were never made: nobody has opened them for writing, or has died at it.
  var isUnmade: Bool { get }
  /// Notes that an error tells of damage, so that ``openForWriting(_:_:checkingAll:)`` makes the rows again.
  ///
  /// - Returns: Whether that may help: it is damage, and the first time.
  func markCorrupt(_ error: JournalError) throws(JournalError) -> Bool
  /// Opens the rows for reading, without a lock and changing nothing; where they cannot be read, what the
  /// records tell stands in for them.
  ///
  /// - Returns: Nil when there is no history.
  func openForReading() throws(JournalError) -> JournalDatabase?
  /// The same with nothing standing in: damage is an error.
  func openForChecking() throws(JournalError) -> JournalDatabase
  /// What can be read of damaged rows; nothing of it is believed.
  func openUnverified() throws(JournalError) -> JournalDatabase
}

extension JournalStorage {
  /// Whether the process of an operation lives, or may live: whoever's announcement may not be looked at may be
  /// at work.
  func isAlive(_ id: OperationID) throws(JournalError) -> Bool {
    switch try liveness(of: id.text) {
    case .alive, .withheld: true
    case .dead, .absent, .strange: false
    }
  }

  /// Whether rows have a layout and no operation yet, and whoever opened them first is at work or has died
  /// at it: his records are not in the history.
  func awaitsFirstOperation(
    _ database: JournalDatabase, _ control: ControlFolder
  ) throws(JournalError) -> Bool {
    guard try database.head() == nil, try database.meta(MetaKey.storeID) != nil else {
      return false
    }
    if try !announcements().isEmpty { return true }
    return try control.system { () throws(SyscallError) in
      try !control.stage.entryNames().isEmpty
    }
  }
}

/// What is known of the process of an operation; old as soon as it is known.
enum Liveness {
  /// It lives.
  case alive
  /// It is announced, and its process is gone.
  case dead
  /// It is not announced: it is over, or has never begun.
  case absent
  /// This user may not know.
  case withheld
  /// Something else has that name.
  case strange
}

/// The lock between writers of one layout, held while one publishes.
///
/// It ends with the process, by whatever death; a stopped process keeps it, and nobody may take it away.
struct WriterLock {
  /// What is left of the time that a command may wait, in milliseconds: for what else the storage has to
  /// wait for.
  let rest: Int64
  private let end: () -> Void

  /// - Parameter end: Gives it up; what it captures goes with the last copy of the lock.
  init(rest: Int64, end: @escaping () -> Void) {
    self.rest = rest
    self.end = end
  }

  /// Gives the lock up; further calls do nothing.
  func release() { end() }
}

/// The sign that an operation is alive, from its birth to its end.
///
/// Dropping it leaves the sign of a dead one, as the death of the process does.
struct Announcement: ~Copyable {
  let id: OperationID
  /// Whoever inherits this file keeps the operation alive.
  let descriptor: Int32
  private let remove: () throws(SyscallError) -> Void

  /// - Parameter remove: Ends it; what it captures goes with the announcement.
  init(
    _ id: OperationID, descriptor: Int32, remove: @escaping () throws(SyscallError) -> Void
  ) {
    self.id = id
    self.descriptor = descriptor
    self.remove = remove
  }

  /// Ends the announcement; the very last thing an operation does.
  consuming func end() throws(SyscallError) { try remove() }
}
