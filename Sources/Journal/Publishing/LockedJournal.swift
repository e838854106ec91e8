internal import Store

/// The journal while this process holds the writer lock: everything that changes index.json or the
/// history happens through one of these.
///
/// Making one recovers the operations of dead processes and settles what other tools have done, so
/// ``current`` is what the layout says and what the history ends with.
final class LockedJournal {
  let session: Session
  let database: JournalDatabase
  private let lock: WriterLock
  /// The end of the history; nil before its first operation.
  var head: Head?
  /// index.json as it is.
  var current: IndexFile
  /// What recovery and settling did, for `recover` and for the log.
  var report = RecoveryReport()
  /// How often a foreign writer slipped in between; see ``maximumRounds``.
  var rounds = 0

  /// How far recovery and settling go.
  let mode: RecoveryMode

  /// Whether records could not be removed whose operation has failed.
  ///
  /// The live file then stays behind, unlocked: the next writer buries it and sweeps them.
  private(set) var hasLeftRecords = false

  /// How many times a foreign writer may get in between before we leave the rest to the next
  /// command.
  static let maximumRounds = 3

  init(
    _ session: Session, _ database: JournalDatabase, _ lock: WriterLock, current: IndexFile,
    head: Head?, _ mode: RecoveryMode
  ) {
    self.session = session
    self.database = database
    self.lock = lock
    self.current = current
    self.head = head
    self.mode = mode
  }

  /// Lets the next writer in.
  func unlock() { lock.release() }

  var exchange: IndexExchange { IndexExchange(session: session) }
  var aside: AsideFolder {
    AsideFolder(
      folder: session.control.displaced, policy: session.control.policy,
      durability: session.durability)
  }
  var sealing: Sealing {
    Sealing(store: storeID, now: session.invocation.now())
  }

  /// The id of this journal; a copied layout's changes when the copy is noticed.
  private(set) lazy var storeID = session.control.format.storeID

  /// Removes the records of an operation that has failed: they would otherwise stand in `ops/`
  /// without ever having been.
  func drop(_ records: [SealedRecord]) {
    for record in records {
      do throws(SyscallError) {
        _ = try session.control.records.remove(record.fileName, "ops.drop")
      } catch {
        hasLeftRecords = true
      }
    }
  }

  /// Goes on under a new id.
  func adoptStoreID(_ id: String) { storeID = id }
}
