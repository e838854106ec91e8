internal import Store

/// Finishes or forgets what dead processes have left.
///
/// Every action may be repeated: a crash in the middle of recovery is just another start.
struct Recoverer {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }
  private var publisher: Publisher { Publisher(journal: journal) }
  private var exchange: IndexExchange { publisher.exchange }

  /// Recovers everything that is dead.
  ///
  /// Comes before reconciling: a published operation must be in the history before what others did on
  /// top of it.
  ///
  /// - Parameter ownID: The operation of this very process, which is alive.
  func recover(except ownID: OperationID?) throws(JournalError) {
    let reaper = Reaper(journal: journal)
    for operation in try database.operations(in: .prepared) {
      try recoverPrepared(operation)
    }
    let names = try journal.storage.announcements()
    var areRecordsReaped = false
    for name in names where name != ownID?.text {
      if try reaper.putStrangeAside(name) { continue }
      try journal.storage.withDead(name) { () throws(JournalError) in
        if !areRecordsReaped { try reaper.putStrayRecordsAside() }
        areRecordsReaped = true
        try reaper.reap(name)
      }
    }
    try reaper.reapIntents(except: ownID)
    let stages = try reaper.abandonedStages(except: ownID)
    if !areRecordsReaped, !stages.isEmpty { try reaper.putStrayRecordsAside() }
    for name in stages { try reaper.removeStage(name) }
  }

  /// Decides about an operation that is in the history but perhaps not in index.json.
  private func recoverPrepared(_ stored: StoredOperation) throws(JournalError) {
    // Without a place it has lost it to another tool's change, and then its recovery died.
    let isPlaced = stored.sequence != nil
    let staged = isPlaced ? try exchange.staged(stored) : .new
    // Only an unpublished one, which is rare, needs a look at the tags.
    let evidence = RecoveryEvidence(
      state: .prepared, staged: staged,
      index: isPlaced ? publishedIndex(stored) : .other,
      doEditsApply: try staged == .new ? doEditsApply(stored) : false)
    let decision = RecoveryDecision(evidence)
    if decision == .publish || decision == .republish, try isContentGone(stored) {
      // Unreferenced as it was, another tool's gc may have taken it.
      return try publisher.rollBack(stored.record(), reason: "content that it needs is gone")
    }
    if decision == .republish, try stored.record().movesFiles {
      // What it wanted to move may be needed now, and it has not begun.
      return try publisher.rollBack(
        stored.record(), reason: "index.json changed before it moved a blob: run it again")
    }
    switch decision {
    case .rollBack(let reason): try publisher.rollBack(stored.record(), reason: reason)
    case .publish: try publishAgain(stored)
    case .republish: try republish(stored)
    case .confirm: try confirm(stored, staged)
    case .tidy: break
    }
  }

  private func publishedIndex(_ stored: StoredOperation) -> RecoveryEvidence.PublishedIndex {
    if journal.current.digest == stored.indexBefore { return .asFound }
    return journal.current.carriesStamp(of: stored.id) ? .stamped : .other
  }

  /// Whether something that an operation's entries need is missing and cannot be brought back.
  private func isContentGone(_ stored: StoredOperation) throws(JournalError) -> Bool {
    let record = try stored.record()
    if try ContentRetainer.isGone(record.edits.flatMap(\.after), session, database) { return true }
    guard record.kind == .reapply else { return false }
    // It changes nothing in the history: what it puts back is what its index has and the one in
    // place has not.
    let stage = try session.system { () throws(SyscallError) in
      try session.control.stage.openDirectory(stored.id.text)
    }
    let changes = try journal.current.index.difference(to: exchange.readStaged(stage).index)
    return try ContentRetainer.isGone(changes.flatMap(\.after), session, database)
  }

  private func doEditsApply(_ stored: StoredOperation) throws(JournalError) -> Bool {
    try stored.record().edits.allSatisfy {
      IndexState.isSame(journal.current.index.descriptors(of: $0.key), $0.before)
    }
  }

  /// It was published: the usual end of the operation before this one, which is told to be
  /// committed together with the next.
  ///
  /// Only a dead process leaves a stage behind.
  private func confirm(
    _ stored: StoredOperation, _ staged: RecoveryEvidence.StagedIndex
  ) throws(JournalError) {
    let stage: OpenDirectory?
    do throws(SyscallError) {
      stage = try session.control.stage.openDirectory(stored.id.text)
    } catch {
      guard error.isNotFound else { throw .system(error) }
      stage = nil
    }
    guard let stage, let sequence = stored.sequence else { return }
    let isDead = try !journal.storage.isAlive(stored.id)
    // It may have died between the swap and its sync: what is told as done must be durable.
    if isDead {
      try session.system { () throws(SyscallError) in
        try session.durability.sync(session.layout.root, "recover.sync-layout")
      }
    }
    try ensureRecordFile(stored)
    if staged == .new {
      // It replaced nothing: this is index.json once more.
      try session.system { () throws(SyscallError) in
        _ = try stage.remove(IndexExchange.stagedName, "recover.remove-staged")
      }
    }
    _ = try publisher.moveReplaced(
      from: stage, operation: sequence, expecting: stored.indexBefore)
    try relinkStaged(stored)
    guard isDead else { return }
    journal.tell(stored, .rolledForward, "it had been published")
  }

  /// It had not been published, and nothing has happened since: what it staged is still right.
  private func publishAgain(_ stored: StoredOperation) throws(JournalError) {
    let record = try stored.record()
    guard let bytes = stored.recordBytes, let hash = stored.hash, let after = stored.indexAfter
    else { throw .brokenRecord(stored.id.text, reason: "its row is incomplete") }
    try ensureRecordFile(stored)
    let stage = try session.system { () throws(SyscallError) in
      try session.control.stage.openDirectory(stored.id.text)
    }
    let staged = try exchange.readStaged(stage)
    let finalised = FinalisedRecord(
      record: record, bytes: bytes, hash: hash, publishedDigest: after, stamp: stored.stamp)
    try publisher.publish(
      PreparedPublication(finalised: finalised, stage: stage, index: staged), isRecovery: true)
    journal.tell(stored, .rolledForward, "it was prepared; it has been published now")
  }

  /// It had not been published, and index.json has changed since without touching its tags: it is
  /// done again on what there is now, under its own name.
  private func republish(_ stored: StoredOperation) throws(JournalError) {
    let old = try stored.record()
    try publisher.removeRecord(old)
    // It stays prepared, without a place: a crash from here on must not make it forgotten.
    try database.transaction { () throws(JournalError) in try database.markDisplaced(old.id) }
    try Reaper(journal: journal).removeStage(old.id.text)
    journal.head = try database.head()
    try Reconciler(journal).reconcile()
    var draft = Draft(
      id: old.id, kind: old.kind, edits: old.edits, settings: old.settings, author: old.author,
      started: session.invocation.now(), addedBlobs: old.addedBlobs, reverts: old.reverts)
    draft.recovered = "rolled forward on top of another tool's change"
    draft.details = old.details
    var retainer = ContentRetainer(session, database)
    try retainer.retain(draft.edits.flatMap(\.after))
    try retainer.sync()
    try publisher.publish(
      publisher.prepare(
        draft, onto: journal.current.index, before: journal.current.digest, retainer: retainer,
        isRecovery: true),
      isRecovery: true)
    publisher.tidyUp(draft.id)
    journal.tell(
      stored, .rolledForward, "it was prepared; it has been published on top of other changes")
  }

  /// Writes the record's file again when it is missing.
  private func ensureRecordFile(_ stored: StoredOperation) throws(JournalError) {
    guard let sequence = stored.sequence, let bytes = stored.recordBytes, let hash = stored.hash
    else { return }
    let name = FinalisedRecord.fileName(sequence, stored.id)
    let isThere = try session.system { () throws(SyscallError) in
      try session.control.records.status(of: name)?.size == Int64(bytes.count + 1)
    }
    if isThere { return }
    try publisher.rewrite(bytes, hash, of: stored)
  }

  /// What died between publishing and looking after its blobs: they are put back if they vanished.
  private func relinkStaged(_ stored: StoredOperation) throws(JournalError) {
    var retainer = ContentRetainer(session, database)
    let descriptors = try stored.record().edits.flatMap(\.after)
    journal.bestEffort("bring back blobs of \(stored.id.shortForm)") { () throws(JournalError) in
      try retainer.retain(descriptors)
      try retainer.sync()
    }
  }

  /// Brings back whatever index.json reaches and another tool's gc has taken away: one that read
  /// the index before an operation was published may delete that operation's blobs long after.
  ///
  /// Looks at everything; for `recover`, not for every command.
  func restoreContent() throws(JournalError) {
    let retainer = try ContentRetainer.tolerant(
      session, database, for: journal.current.index.entries.map(\.descriptor))
    if retainer.hasFindings {
      try database.transaction { () throws(JournalError) in try retainer.insertFindings() }
    }
    guard !retainer.restored.isEmpty else { return }
    journal.report.notes.append(
      "\(retainer.restored.count) blob(s) that index.json needs were gone and have been brought back"
    )
  }
}
