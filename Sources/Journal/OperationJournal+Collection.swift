internal import Store

/// Garbage collection: what nothing needs leaves `blobs/`, at first for the trash.
extension OperationJournal {
  /// Withdraws what nothing needs, and deletes the trash that is old enough: two operations, either of which
  /// is left out when there is nothing for it to do.
  ///
  /// Marks without the lock; then takes it, marks what has changed meanwhile, and moves files by renaming
  /// them. What is moved is durable when this returns (full durability). `undo` takes a withdrawal back as
  /// long as its trash is there.
  ///
  /// - Throws: ``JournalError``; nothing has been withdrawn then, or what was is in the result of `log`.
  public func collectGarbage(_ options: CollectionOptions) throws -> CollectionReport {
    var collection = CollectionReport()
    let collector = try withdraw(options, &collection)
    do {
      try expire(options, collector, &collection)
    } catch let error as JournalError {
      guard let record = collection.withdrawal else { throw error }
      // What was asked for has to be done; what is only due can wait.
      let name = "\(record.sequence) (\(record.kind))"
      guard options.trashAge == nil else { throw JournalError.trashLeft(operation: name, error) }
      collection.recovery.notes.append("could not delete old trash: \(error)")
    }
    return collection
  }

  private func withdraw(
    _ options: CollectionOptions, _ collection: inout CollectionReport
  ) throws -> GarbageCollector {
    let transaction = try begin(.collect, stages: false)
    let id = transaction.id
    let collector: GarbageCollector
    do {
      collector = try firstMarks(options, sparing: id)
    } catch {
      transaction.rollBack()
      throw error
    }
    collection.notes(from: report)
    var plan = CollectionPlan()
    let prepared = try transaction.prepareLocked { locked in
      plan = try Self.plan(collector, locked, id)
      return try Self.proposal(for: plan, collector, locked)
    }
    collection.plan = plan
    guard let prepared else {
      collection.notes(from: report)
      return collector
    }
    let (record, found) = try prepared.commit()
    collection.withdrawal = record
    collection.notes(from: found)
    return collector
  }

  /// The long part: others may write meanwhile.
  private func firstMarks(
    _ options: CollectionOptions, sparing id: OperationID
  ) throws(JournalError) -> GarbageCollector {
    let locked = try lock(sparing: id, kind: .collect)
    let collector: GarbageCollector
    let roots: CollectionRoots
    do throws(JournalError) {
      roots = try locked.collectionRoots()
      collector = try locked.makeCollector(options)
      locked.unlock()
    } catch {
      locked.unlock()
      throw error
    }
    report = locked.report
    try collector.mark(roots)
    return collector
  }

  /// The short part, under the lock.
  private static func plan(
    _ collector: GarbageCollector, _ locked: LockedJournal, _ id: OperationID
  ) throws(JournalError) -> CollectionPlan {
    try collector.takeInventory()
    try collector.mark(locked.collectionRoots())
    let lost = try locked.bringBackMissing(collector)
    var plan = try collector.plan(staged: locked.stagedInodes(sparing: id))
    plan.missing = lost
    return plan
  }

  private static func proposal(
    for plan: CollectionPlan, _ collector: GarbageCollector, _ locked: LockedJournal
  ) throws(JournalError) -> Transaction.Proposal {
    var proposal = Transaction.Proposal(edits: [])
    proposal.moves = plan.moves
    proposal.learned = collector.memory.learned
    if proposal.moves.isEmpty, !proposal.learned.isEmpty {
      let learned = proposal.learned
      try locked.database.transaction { () throws(JournalError) in
        try locked.database.insertReferences(learned)
      }
    }
    return proposal
  }

  private func expire(
    _ options: CollectionOptions, _ collector: GarbageCollector,
    _ collection: inout CollectionReport
  ) throws {
    let age = options.trashAge
    // A look without the lock: mostly there is nothing to do.
    let look = TrashView(control: session.control, database: collector.database)
    collection.left = try look.expiry(olderThan: 0, now: session.invocation.now()).total
    guard try !look.due(age, now: session.invocation.now()).operations.isEmpty else { return }
    let transaction = try begin(.expire, stages: false)
    var (due, left) = (TrashView.Expiry(), TrashView.Expiry())
    let prepared = try transaction.prepareLocked { locked in
      let trash = TrashView(control: session.control, database: locked.database)
      due = try trash.due(age, now: session.invocation.now())
      left = try trash.expiry(olderThan: 0, now: session.invocation.now()).without(due)
      guard !due.operations.isEmpty else { return .init(edits: []) }
      try collector.mark(locked.collectionRoots())
      try locked.rescue(due, collector.reach)
      return .init(edits: [], isForced: true, details: due.details)
    }
    collection.left = left.total
    guard let prepared else { return }
    let (record, found) = try prepared.commit { locked, record in
      locked.bestEffort("delete the trash") { () throws(JournalError) in
        try locked.deleteHidden(record)
      }
    }
    collection.expiry = record
    collection.deleted = due.total
    collection.notes(from: found)
  }
}
