internal import Store

/// Finishing or forgetting what dead processes have left. Every action may be repeated: a crash in
/// the middle of recovery is just another start.
extension LockedJournal {
  /// Recovers everything that is dead.
  ///
  /// Comes before settling: a published operation must be in the history before what others did on
  /// top of it.
  ///
  /// - Parameter ownID: The operation of this very process, which is alive.
  func recover(sparing ownID: OperationID?) throws(JournalError) {
    for operation in try database.operations(in: .prepared) {
      try recoverPrepared(operation)
    }
    let names = try session.system { () throws(SyscallError) in
      try session.control.live.entryNames()
    }
    var areRecordsSwept = false
    for name in names where name != ownID?.text {
      try LiveFile.withDead(name, in: session.control) { () throws(JournalError) in
        if !areRecordsSwept { try sweepRecords() }
        areRecordsSwept = true
        try buryOperation(named: name)
      }
    }
    try sweepIntents(sparing: ownID)
    try sweepStages(sparing: ownID)
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
      return try rollBack(stored.record(), reason: "content that it needs is gone")
    }
    if decision == .republish, try stored.record().movesFiles {
      // What it wanted to move may be needed now, and it has not begun.
      return try rollBack(
        stored.record(), reason: "index.json changed before it moved a blob: run it again")
    }
    switch decision {
    case .rollBack(let reason): try rollBack(stored.record(), reason: reason)
    case .publish: try publishAgain(stored)
    case .republish: try republish(stored)
    case .confirm: try confirm(stored, staged)
    case .tidy: break
    }
  }

  private func publishedIndex(_ stored: StoredOperation) -> RecoveryEvidence.PublishedIndex {
    if current.digest == stored.indexBefore { return .asFound }
    return current.carriesStamp(of: stored.id) ? .stamped : .other
  }

  /// Whether something that an operation's entries need is missing and cannot be brought back.
  private func isContentGone(_ stored: StoredOperation) throws(JournalError) -> Bool {
    let record = try stored.record()
    if try isContentGone(record.edits.flatMap(\.after)) { return true }
    guard record.kind == .heal else { return false }
    // It changes nothing in the history: what it puts back is what its index has and the one in
    // place has not.
    let stage = try session.system { () throws(SyscallError) in
      try session.control.stage.openDirectory(stored.id.text)
    }
    let changes = try current.index.difference(to: exchange.readStaged(stage).index)
    return try isContentGone(changes.flatMap(\.after))
  }

  private func doEditsApply(_ stored: StoredOperation) throws(JournalError) -> Bool {
    try stored.record().edits.allSatisfy {
      IndexState.isSame(current.index.descriptors(of: $0.key), $0.before)
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
    let isDead = try isDead(stored.id)
    // It may have died between the swap and its sync: what is told as done must be durable.
    if isDead {
      try session.system { () throws(SyscallError) in
        try session.durability.sync(session.layout.root, "recover.sync-layout")
      }
    }
    try ensureRecordFile(stored)
    if staged == .new {
      // It displaced nothing: this is index.json once more.
      try session.system { () throws(SyscallError) in
        _ = try stage.remove(IndexExchange.stagedName, "recover.remove-staged")
      }
    }
    _ = try moveDisplaced(
      from: stage, operation: sequence, expecting: stored.indexBefore)
    try relinkStaged(stored)
    guard isDead else { return }
    tell(stored, .rolledForward, "it had been published")
  }

  /// Whether the operation's process is gone; a living one is only tidying up.
  func isDead(_ id: OperationID) throws(JournalError) -> Bool {
    try !session.control.isAlive(id)
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
    let sealed = SealedRecord(
      record: record, bytes: bytes, hash: hash, publishedDigest: after, stamp: stored.stamp)
    try publish(
      PreparedPublication(sealed: sealed, stage: stage, index: staged), isRecovery: true)
    tell(stored, .rolledForward, "it was prepared; it has been published now")
  }

  /// It had not been published, and index.json has changed since without touching its tags: it is
  /// done again on what there is now, under its own name.
  private func republish(_ stored: StoredOperation) throws(JournalError) {
    let old = try stored.record()
    try removeRecord(old)
    // It stays prepared, without a place: a crash from here on must not make it forgotten.
    try database.transaction { () throws(JournalError) in try database.markDisplaced(old.id) }
    try removeStage(old.id.text)
    head = try database.head()
    try settle()
    var draft = Draft(
      id: old.id, kind: old.kind, edits: old.edits, author: old.author,
      started: session.invocation.now(), addedBlobs: old.addedBlobs, reverts: old.reverts)
    draft.recovered = "rolled forward on top of another tool's change"
    draft.details = old.details
    var keeper = ContentKeeper(session, database)
    try keeper.keep(draft.edits.flatMap(\.after))
    try keeper.sync()
    try publish(
      prepare(
        draft, onto: current.index, before: current.digest, keeper: keeper, isRecovery: true),
      isRecovery: true)
    finishSystem(draft)
    tell(stored, .rolledForward, "it was prepared; it has been published on top of other changes")
  }

  /// Takes an operation back that is in the history but was never published.
  func rollBack(_ record: OperationRecord, reason: String) throws(JournalError) {
    try exchange.withdraw(record.id)
    try removeRecord(record)
    try database.transaction { () throws(JournalError) in
      try database.markRolledBack(record.id, reason: reason)
    }
    TrashFolder(control: session.control).removeIfEmpty(record.id)
    head = try database.head()
    report.recovered.append(
      .init(id: record.id.text, kind: record.kind, outcome: .rolledBack, reason: reason))
  }

  /// Removes the record's file; the row comes after it: a row without a file can be written again,
  /// a file without a row would look like a piece of lost history.
  private func removeRecord(_ record: OperationRecord) throws(JournalError) {
    try session.system { () throws(SyscallError) in
      _ = try session.control.records.remove(
        SealedRecord.fileName(record.sequence, record.id), "recover.remove-record")
      try session.durability.sync(session.control.records, "recover.sync-records")
    }
  }

  /// Writes the record's file again when it is missing.
  private func ensureRecordFile(_ stored: StoredOperation) throws(JournalError) {
    guard let sequence = stored.sequence, let bytes = stored.recordBytes, let hash = stored.hash
    else { return }
    let name = SealedRecord.fileName(sequence, stored.id)
    let isThere = try session.system { () throws(SyscallError) in
      try session.control.records.status(of: name)?.size == Int64(bytes.count + 1)
    }
    if isThere { return }
    let sealed = SealedRecord(
      record: try stored.record(), bytes: bytes, hash: hash, publishedDigest: hash, stamp: nil)
    try writeRecords([sealed])
    try session.system { () throws(SyscallError) in
      try session.durability.sync(session.control.records, "ops.sync-folder")
    }
  }

  /// What died between publishing and looking after its blobs: they are put back if they vanished.
  private func relinkStaged(_ stored: StoredOperation) throws(JournalError) {
    var keeper = ContentKeeper(session, database)
    let descriptors = try stored.record().edits.flatMap(\.after)
    bestEffort("bring back blobs of \(stored.id.shortForm)") { () throws(JournalError) in
      try keeper.keep(descriptors)
      try keeper.sync()
    }
  }

  func tell(
    _ stored: StoredOperation, _ outcome: RecoveryReport.Recovered.Outcome, _ reason: String
  ) {
    report.recovered.append(
      .init(id: stored.id.text, kind: stored.kind, outcome: outcome, reason: reason))
  }
}
