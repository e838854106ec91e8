public import Store

/// The journal of a layout, opened for writing: the way in for every operation.
///
/// Its first use gives the layout its folder `.ocitx/`. One per command; not for several threads.
public final class OperationJournal {
  let session: Session
  let storage: any JournalStorage
  private var latest: LockedJournal?
  /// Whether other hosts may use the layout's file system.
  private(set) lazy var mayBeShared = FilesystemKind(of: session.layout.root).mayBeShared
  /// Who wrote last before this command, when that was another machine and it takes over.
  var predecessor: OperationRecord?

  /// What recovery and reconciling did when the newest operation of this journal took the lock; empty
  /// before.
  public internal(set) var report = RecoveryReport()
  /// What was done before the operation took the lock: the beginning of its report.
  private var earlier = RecoveryReport()

  /// Opens the journal of a layout, making it when it is missing.
  ///
  /// - Throws: ``JournalError/newerFormat(path:found:supported:)``, and system errors: on a layout
  ///   that may not be written, or that is put together of symbolic links, nothing is created. Under
  ///   the lock it is looked at once more.
  public init(
    writing layout: ImageLayout, _ invocation: Invocation, _ options: WritingOptions
  ) throws(JournalError) {
    do throws(LayoutError) { try layout.checkOwnership() } catch {
      // Recovery puts a file in the place of a mere index.json, under the lock.
      guard case .linkedPart(let path, _) = error, path.hasSuffix("/" + LayoutPaths.index),
        try ControlFolder.find(in: layout) != nil
      else { throw .layout(error) }
    }
    let control = try ControlFolder.findOrMake(
      in: layout, durability: options.durability, invocation, lockTimeout: options.lockTimeout)
    session = Session(
      layout: layout, control: control, invocation: invocation, options: options)
    storage = control.storage(of: layout)
  }

  /// The layout.
  public var layout: ImageLayout { session.layout }

  /// Begins an operation.
  ///
  /// - Parameter stages: Whether it will stage blobs: it then says so in the journal, since that
  ///   may take minutes, and is planned without the lock, so that what is dead is recovered first.
  ///   Otherwise its liveness lock is the intent.
  /// - Returns: The transaction. Dropping it without preparing it rolls it back.
  public func begin(_ kind: OperationKind, stages: Bool) throws(JournalError) -> Transaction {
    if stages { try recoverDead() }
    let id = session.invocation.makeOperationID()
    let live = try storage.announce(id)
    let transaction = Transaction(journal: self, kind: kind, live: live)
    if stages {
      try withDatabase { (database) throws(JournalError) in
        try database.transaction { () throws(JournalError) in
          try database.insertIntent(
            id, kind, userID: session.invocation.userID, started: transaction.started)
        }
      }
    }
    return transaction
  }

  /// Brings the layout up to date when somebody has died over it: an index read before that is not
  /// what the operation will find under the lock.
  private func recoverDead() throws(JournalError) {
    guard try Remains(of: session.control, storage).areThere else { return }
    let locked = try lock(except: nil, kind: nil)
    locked.unlock()
    earlier = locked.report
    storage.notes = []
  }

  /// Recovers dead operations and reconciles foreign changes, and does nothing else.
  ///
  /// - Returns: What was found and done.
  public func recover(_ mode: RecoveryMode = .standard) throws(JournalError) -> RecoveryReport {
    // It may write records too: its death must show.
    let live = try storage.announce(session.invocation.makeOperationID())
    let report: RecoveryReport
    do throws(JournalError) {
      do throws(JournalError) {
        report = try recover(mode, except: live.id)
      } catch {
        guard try storage.markCorrupt(error) else { throw error }
        report = try recover(mode, except: live.id)
      }
    } catch {
      end(live)
      throw error
    }
    end(live)
    return report
  }

  private func recover(
    _ mode: RecoveryMode, except ownID: OperationID
  ) throws(JournalError) -> RecoveryReport {
    let locked = try lock(except: ownID, kind: nil, mode)
    defer { locked.unlock() }
    try RecordFiles(journal: locked).reconcile()
    try Recoverer(journal: locked).restoreContent()
    locked.unlock()
    try RefreshFollower(journal: locked).follow(own: nil, isFinal: mode.isAsked)
    locked.report.endedLeases += try lookAfterLeases()
    return locked.report
  }

  /// Ends an operation; best effort, since the next writer does the same.
  ///
  /// Its liveness lock stays, unlocked, when records are left that only the next writer removes.
  func end(_ live: consuming Announcement) {
    if latest?.hasLeftRecords != true { try? live.end() }
  }

  /// Forgets the intent of an operation that came to nothing.
  ///
  /// - Parameter blobs: What it has left in `blobs/`, if anything.
  func removeIntent(_ id: OperationID, leaving blobs: [Digest] = []) {
    guard let database = storage.rows else { return }
    try? database.transaction { () throws(JournalError) in
      try database.removeIntent(id)
      try database.insertAbandoned(blobs)
    }
  }

  /// Whether the database has, or may have, an operation that recovery would have to decide about.
  func isPrepared(_ id: OperationID) -> Bool {
    guard let database = storage.rows else { return false }
    do throws(JournalError) {
      return try database.operation(id)?.state == .prepared
    } catch {
      return true
    }
  }

  func withLock<Result>(
    _ body: (WriterLock) throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    let lock = try storage.takeLock(session.options.lockTimeout)
    defer { lock.release() }
    return try body(lock)
  }

  /// Runs something with the database, holding the writer lock only while that is opened.
  ///
  /// Should it turn out to be damaged it is made again, and `body` runs a second time.
  private func withDatabase(
    _ body: (JournalDatabase) throws(JournalError) -> Void
  ) throws(JournalError) {
    do throws(JournalError) {
      try body(withLock { (lock) throws(JournalError) in try openRows(lock) })
    } catch {
      guard try storage.markCorrupt(error) else { throw error }
      try body(withLock { (lock) throws(JournalError) in try openRows(lock) })
    }
  }

  /// The same, holding the writer lock all the time.
  func withLockedDatabase(
    _ body: (JournalDatabase) throws(JournalError) -> Void
  ) throws(JournalError) {
    try withLock { (lock) throws(JournalError) in
      do throws(JournalError) { try body(openRows(lock)) } catch {
        guard try storage.markCorrupt(error) else { throw error }
        try body(openRows(lock))
      }
    }
  }

  /// Opens the rows; the lock must be held.
  func openRows(
    _ lock: WriterLock, checkingAll: Bool = false
  ) throws(JournalError) -> JournalDatabase {
    try checkMachine()
    return try storage.openForWriting(session, lock, checkingAll: checkingAll)
  }

  /// Takes the writer lock, recovers and reconciles.
  ///
  /// - Parameters:
  ///   - ownID: The operation of this process.
  ///   - kind: What it is; making a layout needs no record of what was there before.
  func lock(
    except ownID: OperationID?, kind: OperationKind?, _ mode: RecoveryMode = .standard
  ) throws(JournalError) -> LockedJournal {
    let lock = try storage.takeLock(session.options.lockTimeout)
    do throws(JournalError) {
      do throws(JournalError) {
        return try bringUpToDate(lock, except: ownID, kind: kind, mode)
      } catch {
        guard try storage.markCorrupt(error) else { throw error }
      }
      // All that was done may be done again, as after a crash.
      return try bringUpToDate(lock, except: ownID, kind: kind, mode)
    } catch {
      lock.release()
      throw error
    }
  }

  private func bringUpToDate(
    _ lock: WriterLock, except ownID: OperationID?, kind: OperationKind?, _ mode: RecoveryMode
  ) throws(JournalError) -> LockedJournal {
    let database = try openRows(lock, checkingAll: mode != .standard)
    let head = try database.head()
    let current = try readIndex(database, head, mode)
    let locked = LockedJournal(
      session, storage, database, lock, current: current.file, head: head, mode)
    latest = locked
    locked.report = earlier
    locked.report.notes += storage.notes
    try bringUpToDate(locked, except: ownID, kind: kind, torn: current.torn)
    return locked
  }

  /// Brings journal and layout together, whatever happened to either: what is dead is finished or forgotten
  /// first, then what other tools did is taken in.
  private func bringUpToDate(
    _ locked: LockedJournal, except ownID: OperationID?, kind: OperationKind?, torn: LayoutError?
  ) throws(JournalError) {
    let copies = CopyDetection(journal: locked)
    let reconciler = Reconciler(locked)
    let origin = try copies.checkIdentity()
    let found = locked.current.digest
    try Recoverer(journal: locked).recover(except: ownID)
    if let origin { try copies.fork(from: origin) }
    // Finishing a dead operation may have replaced it already.
    if let torn, locked.current.digest == found {
      try reconciler.repair(torn)
      try reconciler.absorbReplaced()
    } else if kind == .initialize, locked.head == nil {
      return
    } else {
      try reconciler.reconcile()
    }
    try BlobRelocation(journal: locked).finish(except: ownID)
  }

  /// The last operation that index.json ever showed: a prepared one whose index still lies in its
  /// stage is not.
  private func publishedSequence(
    _ database: JournalDatabase, _ head: Head
  ) throws(JournalError) -> Int64 {
    guard let stored = try database.operation(head.id), stored.state == .prepared else {
      return head.sequence
    }
    switch try IndexExchange(session: session).staged(stored) {
    case .new, .retracted, .halfSwapped: return head.sequence - 1
    case .replaced, .absent: return head.sequence
    }
  }

  /// Reads index.json; one that is torn for good, or for which somebody who asked for a recovery finds
  /// something else or nothing, is replaced by the last state in memory first.
  private func readIndex(
    _ database: JournalDatabase, _ head: Head?, _ mode: RecoveryMode
  ) throws(JournalError) -> (file: IndexFile, torn: LayoutError?) {
    let failure: LayoutError
    do throws(LayoutError) {
      try session.layout.checkOwnership()
      return (try session.layout.readIndex(), nil)
    } catch {
      failure = error
    }
    guard let head, canBeMadeAnew(failure, mode) else {
      throw .layout(head == nil ? failure : failure.asDamage(of: session.layout.path))
    }
    let known = try database.index(at: publishedSequence(database, head))
    do throws(LayoutError) {
      return (try IndexFile(parsing: known.serialized(), path: "journal"), failure)
    } catch {
      throw .layout(error)
    }
  }

  private func canBeMadeAnew(_ failure: LayoutError, _ mode: RecoveryMode) -> Bool {
    switch failure {
    case .tornFile: true
    // Blobs that lie elsewhere belong to somebody else.
    case .linkedPart(let path, _): mode.isAsked && path.hasSuffix("/" + LayoutPaths.index)
    default: mode.isAsked && failure.damage != nil
    }
  }
}
