internal import Store

/// The journal while this process holds the writer lock: what all share who change index.json or the history.
///
/// It does nothing by itself. ``OperationJournal`` has it brought up to date before an operation sees it:
/// ``current`` is then what the layout says and what the history ends with.
final class LockedJournal {
  let session: Session
  let storage: any JournalStorage
  let database: JournalDatabase
  private let lock: WriterLock
  /// The end of the history; nil before its first operation.
  var head: Head?
  /// index.json as it is.
  var current: IndexFile
  /// What recovery and reconciling did, for `recover` and for the log.
  var report = RecoveryReport()
  /// How far recovery and reconciling go.
  let mode: RecoveryMode

  /// Whether records could not be removed whose operation has failed.
  ///
  /// The liveness lock then stays behind, unlocked: the next writer reaps them.
  var hasLeftRecords = false

  init(
    _ session: Session, _ storage: any JournalStorage, _ database: JournalDatabase,
    _ lock: WriterLock, current: IndexFile, head: Head?, _ mode: RecoveryMode
  ) {
    self.session = session
    self.storage = storage
    self.database = database
    self.lock = lock
    self.current = current
    self.head = head
    self.mode = mode
  }

  /// Lets the next writer in.
  func unlock() { lock.release() }

  var aside: AsideFolder { AsideFolder(session) }

  /// The id of this journal; a copied layout's changes when the copy is noticed.
  lazy var storeID = session.control.format.storeID

  /// Reports what became of an operation whose process is gone.
  func tell(
    _ stored: StoredOperation, _ outcome: RecoveryReport.Recovered.Outcome, _ reason: String
  ) {
    report.recovered.append(
      .init(id: stored.id.text, kind: stored.kind, outcome: outcome, reason: reason))
  }

  /// Does something whose failure must not become the operation's; the next command's recovery
  /// does it again.
  func bestEffort(_ what: String, _ body: () throws(JournalError) -> Void) {
    do throws(JournalError) { try body() } catch {
      report.notes.append("could not \(what): \(error)")
    }
  }

  /// Does what the next operation does not need: what the system refuses is noted, and done by a later command.
  ///
  /// - Throws: What is no refusal of the system, as for a damaged database.
  func tidy(_ what: String, _ body: () throws(JournalError) -> Void) throws(JournalError) {
    do throws(JournalError) { try body() } catch {
      guard error.isRefusal else { throw error }
      // Who takes the lock twice tells it once.
      let note: Note = "could not \(what) (\(error)); the next command tries again"
      if !report.notes.contains(note) { report.notes.append(note) }
    }
  }
}
