public import Store

/// The journal of a layout, opened for writing: the way in for every operation.
///
/// Its first use gives the layout its folder `.ocitx/`. One per command; not for several threads.
public final class OperationJournal {
  let session: Session
  private var database: JournalDatabase?
  private var notes: [String] = []
  private var latest: LockedJournal?

  /// What recovery and settling did when the newest operation of this journal took the lock; empty
  /// before.
  public internal(set) var report = RecoveryReport()

  /// Opens the journal of a layout, making it when it is missing.
  ///
  /// - Throws: ``JournalError/newerFormat(path:found:supported:)``, and system errors: on a layout
  ///   that may not be written, nothing is created.
  public init(
    writing layout: ImageLayout, _ invocation: Invocation, _ options: WritingOptions
  ) throws(JournalError) {
    let control = try ControlFolder.findOrMake(
      in: layout, durability: options.durability, invocation, lockTimeout: options.lockTimeout)
    session = Session(
      layout: layout, control: control, invocation: invocation, options: options)
  }

  /// The layout.
  public var layout: ImageLayout { session.layout }

  /// Begins an operation.
  ///
  /// - Parameter stages: Whether it will stage blobs: it then says so in the journal, since that
  ///   may take minutes. Otherwise its live file is the intent.
  /// - Returns: The transaction. Dropping it without preparing it rolls it back.
  public func begin(_ kind: OperationKind, stages: Bool) throws(JournalError) -> Transaction {
    let id = session.invocation.makeOperationID()
    let live = try LiveFile(announcing: id, in: session.control)
    let transaction = Transaction(journal: self, kind: kind, live: live)
    if stages {
      let database = try withLock { () throws(JournalError) in try openDatabase() }
      try database.transaction { () throws(JournalError) in
        try database.insertIntent(
          id, kind, userID: session.invocation.userID, started: transaction.started)
      }
    }
    return transaction
  }

  /// Recovers dead operations and settles foreign changes, and does nothing else.
  ///
  /// - Returns: What was found and done.
  public func recover(_ mode: RecoveryMode = .standard) throws(JournalError) -> RecoveryReport {
    // It may write records too: its death must show.
    let live = try LiveFile(
      announcing: session.invocation.makeOperationID(), in: session.control)
    let report: RecoveryReport
    do throws(JournalError) {
      let locked = try lock(sparing: live.id, kind: nil, mode)
      defer { locked.unlock() }
      try locked.reconcileRecords()
      try locked.restoreContent()
      report = locked.report
    } catch {
      end(live)
      throw error
    }
    end(live)
    return report
  }

  /// Takes a lease for a bundle that is about to be unpacked.
  ///
  /// Layers get a second name below `.ocitx/keep`, documents a copy in the database. What is missing
  /// from `blobs/` and is kept there is brought back. Nothing is settled and the history gets no
  /// record, since no reference changes.
  ///
  /// - Parameters:
  ///   - manifest: The image.
  ///   - bundle: The absolute path of the bundle.
  /// - Returns: The lease, which survives a power cut (full durability); the second names may not.
  public func lease(
    _ manifest: Descriptor, for bundle: String
  ) throws(JournalError) -> LeaseHold {
    let id = session.invocation.makeOperationID()
    let live = try LiveFile(announcing: id, in: session.control)
    let invocation = session.invocation
    let lease = Lease(
      bundle: bundle, manifest: manifest, created: invocation.now(),
      userName: invocation.userName ?? String(invocation.userID),
      hostName: invocation.hostName, holder: id)
    var missing: [Digest] = []
    do throws(JournalError) {
      try withLock { () throws(JournalError) in
        let database = try openDatabase()
        var keeper = ContentKeeper(session, database)
        try keeper.keep([manifest])
        let found = keeper
        try database.transaction { () throws(JournalError) in
          // Not as pins, which stand for content that is durable too: nothing was synced.
          try found.insertDocuments()
          try database.insert(lease)
        }
        missing = found.missing
      }
    } catch {
      try? live.remove()
      throw error
    }
    return LeaseHold(self, live, lease, missing: missing)
  }

  /// Ends a lease whose bundle came to nothing.
  func remove(_ lease: Lease) {
    guard let database else { return }
    try? database.transaction { () throws(JournalError) in try database.remove(lease) }
  }

  /// Reads or changes a setting.
  public func setSetting(_ name: String, to value: String?) throws(JournalError) {
    let database = try withLock { () throws(JournalError) in try openDatabase() }
    try database.transaction { () throws(JournalError) in
      try database.setSetting(name, value)
    }
  }

  /// Ends an operation; best effort, since the next writer does the same.
  ///
  /// Its live file stays, unlocked, when records are left that only a burial removes.
  func end(_ live: consuming LiveFile) {
    if latest?.hasLeftRecords != true { try? live.remove() }
  }

  /// Forgets the intent of an operation that came to nothing.
  func removeIntent(_ id: OperationID) {
    guard let database else { return }
    try? database.transaction { () throws(JournalError) in try database.removeIntent(id) }
  }

  /// Whether the database has, or may have, an operation that recovery would have to decide about.
  func isPrepared(_ id: OperationID) -> Bool {
    guard let database else { return false }
    do throws(JournalError) {
      return try database.operation(id)?.state == .prepared
    } catch {
      return true
    }
  }

  private func withLock<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    let lock = try WriterLock.acquire(
      in: session.control.directory, policy: session.control.policy,
      session.options.lockTimeout)
    defer { lock.release() }
    return try body()
  }

  /// Opens the database; the writer lock must be held the first time.
  private func openDatabase(checkingAll: Bool = false) throws(JournalError) -> JournalDatabase {
    if let database { return database }
    let (opened, notes) = try DatabaseDoctor(session: session).open(checkingAll: checkingAll)
    database = opened
    self.notes += notes
    return opened
  }

  /// Takes the writer lock, recovers and settles.
  ///
  /// - Parameters:
  ///   - ownID: The operation of this process.
  ///   - kind: What it is; making a layout needs no record of what was there before.
  func lock(
    sparing ownID: OperationID?, kind: OperationKind?, _ mode: RecoveryMode = .standard
  ) throws(JournalError) -> LockedJournal {
    let lock = try WriterLock.acquire(
      in: session.control.directory, policy: session.control.policy, session.options.lockTimeout)
    do throws(JournalError) {
      let database = try openDatabase(checkingAll: mode != .standard)
      let head = try database.head()
      let current = try readIndex(database, head)
      let locked = LockedJournal(
        session, database, lock, current: current.file, head: head)
      latest = locked
      locked.report.notes = notes
      locked.report.policyOverride = mode.policy
      try locked.bringUpToDate(sparing: ownID, kind: kind, mode, torn: current.torn)
      return locked
    } catch {
      lock.release()
      throw error
    }
  }

  /// The last operation that index.json ever showed: a prepared one whose index still lies in its
  /// stage is not.
  private func publishedSequence(
    _ database: JournalDatabase, _ head: Head
  ) throws(JournalError) -> Int64 {
    guard let stored = try database.operation(head.id), stored.state == .prepared else {
      return head.sequence
    }
    let exchange = IndexExchange(session: session)
    if try exchange.isWithdrawn(head.id) { return head.sequence - 1 }
    let staged = try exchange.stagedDigest(head.id)
    return staged == head.indexAfter ? head.sequence - 1 : head.sequence
  }

  /// Reads index.json; one that is torn for good is replaced by the last state in memory first.
  private func readIndex(
    _ database: JournalDatabase, _ head: Head?
  ) throws(JournalError) -> (file: IndexFile, torn: LayoutError?) {
    do throws(LayoutError) { return (try session.layout.readIndex(), nil) } catch {
      guard case .tornFile = error, let head else { throw .layout(error) }
      let known = try database.index(at: publishedSequence(database, head))
      do throws(LayoutError) {
        return (try IndexFile(parsing: known.serialized(), path: "journal"), error)
      } catch {
        throw .layout(error)
      }
    }
  }
}

/// How far `recover` goes.
public enum RecoveryMode: Equatable, Sendable {
  /// What every writing command does before its own work.
  case standard
  /// The same, after checking every page of the database.
  case thorough
  /// Takes what another tool made of index.json literally.
  case adopting
  /// Goes on from an index.json that is ahead of the journal.
  case acceptingIndex

  /// Whether a person has asked for it, who wants everything to come to an end.
  var isAsked: Bool { self != .standard }

  var policy: ForeignPolicy? { self == .adopting ? .adopt : nil }
}
