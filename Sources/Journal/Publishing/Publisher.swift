internal import Store

/// An operation that is prepared: recovery can finish it from here on.
struct PreparedPublication {
  let finalised: FinalisedRecord
  let stage: OpenDirectory
  let index: IndexFile
}

/// Finalises operations and puts their index.json in place: steps 6 to 9 in the life of one; see
/// docs/crash-consistency.md.
///
/// It publishes and says what it has replaced; what becomes of that is the ``Reconciler``'s business.
struct Publisher {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }
  var exchange: IndexExchange { IndexExchange(session: session) }
  var finalisation: Finalisation {
    Finalisation(store: journal.storeID, now: session.invocation.now())
  }

  /// Writes the new index and the record, and commits the intent to publish them.
  ///
  /// When this returns, a crash or power cut ends with the operation done. When it throws, the
  /// operation has not happened and nothing visible has changed; a reapplication may still be finished by the
  /// next recovery.
  ///
  /// - Parameters:
  ///   - changes: What changes in the index, where that is not what the record tells.
  ///   - external: An observation that must be in the history exactly when this is.
  ///   - isRecovery: Whether the operation is a dead process's: it stays prepared, for the next
  ///     recovery, when this throws.
  func prepare(
    _ draft: Draft, changes: [TagEdit]? = nil,
    external: (finalised: FinalisedRecord, snapshot: [UInt8])? = nil,
    onto base: ImageIndex, before: Digest?, retainer: ContentRetainer, isRecovery: Bool = false
  ) throws(JournalError) -> PreparedPublication {
    var index = base
    index.apply(changes ?? draft.edits, placement: draft.placement)
    let (finalised, published) = finalisation.finalise(
      draft, after: external?.finalised.head ?? journal.head, before: before, publishing: index)
    let stage = try makeStage(draft.id)
    var records = [finalised]
    if let external { records.insert(external.finalised, at: 0) }
    do throws(JournalError) {
      // Both are written before either is synced: most file systems then commit their names once.
      let staged = try writeStagedIndex(published.bytes, in: stage)
      try writeRecords(records)
      try sync(staged, in: stage)
      try commitPrepared(
        finalised, published.bytes, external, retainer,
        PendingRefresh.all(draft.refreshes, of: draft.id, session.invocation))
    } catch {
      if case .databaseCorrupt = error {
        // It will be made again from the records: without this one and its index nothing is left.
        try unstage(finalised.record.id, records)
      } else {
        try forget(finalised.record, records, after: error, isRecovery: isRecovery)
      }
      throw error
    }
    return PreparedPublication(
      finalised: finalised, stage: stage, index: published)
  }

  /// Makes sure that recovery will not finish what could not be prepared.
  ///
  /// A commit whose last sync failed may have happened all the same: the row tells.
  ///
  /// - Throws: ``JournalError/undecided(_:)`` when that did not work either.
  private func forget(
    _ record: OperationRecord, _ records: [FinalisedRecord], after failure: JournalError,
    isRecovery: Bool
  ) throws(JournalError) {
    let stored: StoredOperation?
    let isKnown: Bool
    do throws(JournalError) {
      (stored, isKnown) = (try database.operation(record.id), true)
    } catch {
      (stored, isKnown) = (nil, false)
    }
    if stored?.state == .prepared || !isKnown {
      // Somebody's lost tags wait for this one: the next recovery finishes it.
      if record.kind == .reapply { return }
      if isRecovery {
        // Without a place it is still what its dead process had prepared: only the record goes.
        if isKnown, stored?.sequence == nil { drop(records) }
        return
      }
      try takeBack(record, after: failure)
    }
    drop(records)
  }

  private func unstage(_ id: OperationID, _ records: [FinalisedRecord]) throws(JournalError) {
    drop(records)
    try session.system { () throws(SyscallError) in
      _ = try session.control.stage.openDirectory(id.text)
        .remove(IndexExchange.stagedName, "stage.remove-index")
    }
  }

  /// Retracts a staged index and rolls the operation back, as far as the disk lets it.
  private func takeBack(
    _ record: OperationRecord, after failure: JournalError
  ) throws(JournalError) {
    do throws(JournalError) { try exchange.retract(record.id) } catch {
      throw .undecided(failure)
    }
    // Retracted, it is rolled back by the next recovery at the latest.
    journal.bestEffort("roll back") { () throws(JournalError) in
      try rollBack(record, reason: "\(failure)")
    }
  }

  private func makeStage(_ id: OperationID) throws(JournalError) -> OpenDirectory {
    let control = session.control
    return try session.system { () throws(SyscallError) in
      try control.stage.openOrCreateDirectory(
        id.text, policy: control.policy, "stage.create-folder")
    }
  }

  private func writeStagedIndex(
    _ bytes: [UInt8], in stage: OpenDirectory
  ) throws(JournalError) -> OpenFile {
    let control = session.control
    return try session.system { () throws(SyscallError) in
      try stage.remove(IndexExchange.stagedName, "stage.remove-index")
      let file = try stage.createFile(
        IndexExchange.stagedName, policy: control.policy, "stage.create-index")
      // Whatever the umask of this user: who could read it before, still can.
      if !control.policy.isGroupShared,
        let old = try session.layout.root.status(of: LayoutPaths.index), old.kind == .regular
      {
        try file.setPermissions(old.permissions & 0o777, "stage.set-mode")
      }
      try file.write(bytes, "stage.write-index")
      return file
    }
  }

  /// Writes records to `ops/`, durable but for their names.
  private func writeRecords(_ records: [FinalisedRecord]) throws(JournalError) {
    let control = session.control
    try session.system { () throws(SyscallError) in
      for finalised in records {
        try control.records.remove(finalised.fileName, "ops.remove-stale")
        let file = try control.records.createFile(
          finalised.fileName, policy: control.policy, "ops.create")
        try file.write(finalised.bytes + [0x0a], "ops.write")
        try session.durability.sync(file, "ops.sync")
      }
    }
  }

  private func sync(
    _ index: consuming OpenFile, in stage: OpenDirectory
  ) throws(JournalError) {
    let control = session.control
    let file = index
    try session.system { () throws(SyscallError) in
      try session.durability.sync(file, "stage.sync-index")
      try session.durability.sync(stage, "stage.sync-folder")
      try session.durability.sync(control.stage, "stage.sync-parent")
      try session.durability.sync(control.records, "ops.sync-folder")
    }
  }

  private func commitPrepared(
    _ finalised: FinalisedRecord, _ index: [UInt8],
    _ external: (finalised: FinalisedRecord, snapshot: [UInt8])?, _ retainer: ContentRetainer,
    _ refreshes: [PendingRefresh]
  ) throws(JournalError) {
    try database.transaction { () throws(JournalError) in
      if let external {
        try database.insert(external.finalised, state: .committed)
        try database.insertSnapshot(
          external.snapshot, sequence: external.finalised.record.sequence, foreign: true)
      }
      try database.insert(finalised, state: .prepared)
      try insertSnapshotIfDue(index, finalised.record.sequence)
      if finalised.record.movesFiles { try database.insertRelocations(of: finalised.record.id) }
      try retainer.insertFindings()
      for refresh in refreshes { try database.insert(refresh) }
    }
  }

  /// Keeps the index whole once the edits since the last snapshot have outgrown it: reading a state
  /// then costs at most twice an index, and so does the history.
  private func insertSnapshotIfDue(_ index: [UInt8], _ sequence: Int64) throws(JournalError) {
    let due = max(1 << 16, Int64(index.count))
    guard try database.editBytesSinceSnapshot() >= due else { return }
    try database.insertSnapshot(index, sequence: sequence, foreign: false)
  }

  /// Swaps the prepared index in: the operation is done, and durable, when this returns.
  ///
  /// When it throws, the operation has not happened; ``JournalError/notDurable(_:)`` alone says that
  /// it has.
  ///
  /// - Parameter isRecovery: Whether the operation is a dead process's: one that cannot be published
  ///   stays prepared then, for the next recovery.
  /// - Returns: Whether what it has replaced is what was expected: anything else was written by another tool
  ///   who slipped in between our reading and our swap, and lies where ``Reconciler/reconcile()`` finds it.
  @discardableResult
  func publish(
    _ prepared: PreparedPublication, isRecovery: Bool = false
  ) throws(JournalError) -> Bool {
    let record = prepared.finalised.record
    let replaced: IndexExchange.Replaced
    do throws(JournalError) {
      replaced = try exchange.publish(from: prepared.stage, prepared.index.digest)
    } catch {
      // What is in place must not be taken out of the history; and what another tool has overwritten
      // is known to be lost only as long as its lost updates are still to be reapplied.
      if case .notDurable = error { throw error }
      if record.kind != .reapply, !isRecovery { try takeBack(record, after: error) }
      throw error
    }
    journal.head = prepared.finalised.head
    journal.current = prepared.index
    // From here on the operation has happened: nothing below may turn it into a failure.
    let expected = record.indexBefore
    var isExpected = true
    journal.bestEffort("look at the index that was replaced") { () throws(JournalError) in
      isExpected =
        switch replaced {
        case .inStage:
          try moveReplaced(
            from: prepared.stage, operation: record.sequence, expecting: expected)
        case .bytes(let bytes):
          try exchange.keepReplaced(bytes, operation: record.sequence, expecting: expected)
        case .unknown: true
        }
    }
    return isExpected
  }

  /// Puts what came out of a swap where late in-place writers can be noticed.
  ///
  /// - Returns: Whether it was what was expected, or nothing that could be merged.
  func moveReplaced(
    from stage: OpenDirectory, operation sequence: Int64, expecting expected: Digest?
  ) throws(JournalError) -> Bool {
    let kind = try session.system { () throws(SyscallError) in
      try stage.status(of: IndexExchange.stagedName)?.kind
    }
    guard let kind, kind != .regular else {
      return try exchange.moveReplaced(from: stage, operation: sequence, expecting: expected)
    }
    let saved = try session.system { () throws(SyscallError) in
      try journal.aside.take(
        IndexExchange.stagedName, from: stage, as: "index-\(sequence).json",
        "publish.move-displaced")
    }
    journal.report.notes.append(
      "index.json had become \(kind.words); that is displaced/\(saved) now")
    return true
  }

  /// Puts an observation into the history without publishing anything.
  ///
  /// - Parameter addition: What comes into the database with it.
  func commit(
    _ finalised: FinalisedRecord, with addition: () throws(JournalError) -> Void
  ) throws(JournalError) {
    do throws(JournalError) {
      try writeDurably(finalised)
      try database.transaction { () throws(JournalError) in
        try database.insert(finalised, state: .committed)
        try addition()
      }
    } catch {
      drop([finalised])
      throw error
    }
    journal.head = finalised.head
  }

  /// Writes the record of an operation again that the database has.
  func rewrite(
    _ bytes: [UInt8], _ hash: Digest, of stored: StoredOperation
  ) throws(JournalError) {
    try writeDurably(
      FinalisedRecord(
        record: try stored.record(), bytes: bytes, hash: hash, publishedDigest: hash, stamp: nil))
  }

  private func writeDurably(_ finalised: FinalisedRecord) throws(JournalError) {
    try writeRecords([finalised])
    try session.system { () throws(SyscallError) in
      try session.durability.sync(session.control.records, "ops.sync-folder")
    }
  }

  /// Removes the records of an operation that has failed: they would otherwise stand in `ops/`
  /// without ever having been.
  func drop(_ records: [FinalisedRecord]) {
    for record in records {
      do throws(SyscallError) {
        _ = try session.control.records.remove(record.fileName, "ops.drop")
      } catch {
        journal.hasLeftRecords = true
      }
    }
  }

  /// Takes an operation back that is in the history but was never published.
  func rollBack(_ record: OperationRecord, reason: String) throws(JournalError) {
    try exchange.retract(record.id)
    try removeRecord(record)
    try database.transaction { () throws(JournalError) in
      try database.markRolledBack(record.id, reason: reason)
    }
    TrashFolder(control: session.control).removeIfEmpty(record.id)
    journal.head = try database.head()
    journal.report.recovered.append(
      .init(id: record.id.text, kind: record.kind, outcome: .rolledBack, reason: reason))
  }

  /// Removes the record's file; the row comes after it: a row without a file can be written again,
  /// a file without a row would look like a piece of lost history.
  func removeRecord(_ record: OperationRecord) throws(JournalError) {
    try session.system { () throws(SyscallError) in
      _ = try session.control.records.remove(
        FinalisedRecord.fileName(record.sequence, record.id), "recover.remove-record")
      try session.durability.sync(session.control.records, "recover.sync-records")
    }
  }

  /// Removes an operation's stage; what cannot be removed, the next recovery removes.
  func tidyUp(_ id: OperationID) {
    journal.bestEffort("remove the stage") { () throws(JournalError) in
      try session.system { () throws(SyscallError) in
        // An index that could not be looked at stays for the next recovery.
        let left = id.text + "/" + IndexExchange.stagedName
        guard try session.control.stage.status(of: left) == nil else { return }
        try session.control.stage.removeTree(id.text, "stage.remove")
      }
    }
  }
}
