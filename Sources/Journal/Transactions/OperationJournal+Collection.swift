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
  /// - Throws: ``JournalError``; ``JournalError/trashLeft(operation:_:)`` alone says that something was
  ///   withdrawn.
  public func collectGarbage(_ options: CollectionOptions) throws -> CollectionReport {
    var collection = CollectionReport()
    collection.recovery.endedLeases = try lookAfterLeases()
    let collector = try withdraw(options, &collection)
    do {
      if try isTrashDue(options, collector.database, collection.heldBack) {
        try expire(options, collector, &collection)
      } else {
        try look(at: collector.database, &collection)
      }
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
  ) throws -> Marking {
    let transaction = try begin(.collect, stages: false)
    let id = transaction.id
    let collector: Marking
    do {
      collector = try beginCollecting(options, sparing: id)
      collection.notes(from: report)
      try collector.load()
      if let plan = try collector.idlePlan(staged: staged(sparing: id)) {
        collection.plan = plan
        transaction.rollBack()
        return collector
      }
    } catch {
      transaction.rollBack()
      throw error
    }
    try withdraw(transaction, collector, &collection)
    return collector
  }

  /// The short part, under the lock.
  private func withdraw(
    _ transaction: consuming Transaction, _ collector: Marking,
    _ collection: inout CollectionReport
  ) throws {
    let id = transaction.id
    var plan = CollectionPlan()
    let prepared = try transaction.prepareLocked { locked in
      plan = try Self.plan(collector, locked, id)
      return try Self.proposal(for: plan, collector, locked)
    }
    collection.plan = plan
    guard let prepared else { return collection.notes(from: report) }
    let (record, found) = try prepared.commit()
    collection.withdrawal = record
    collection.notes(from: found)
  }

  /// The roots of now; what is reached from them may be found out while others write.
  private func beginCollecting(
    _ options: CollectionOptions, sparing id: OperationID
  ) throws(JournalError) -> Marking {
    let locked = try lock(sparing: id, kind: .collect)
    defer { locked.unlock() }
    let collector = CollectionScope(journal: locked).collector(options)
    report = locked.report
    collector.use(try CollectionScope(journal: locked).roots())
    return collector
  }

  private func staged(sparing id: OperationID) throws(JournalError) -> StagedContent {
    try StagedContent(session.control, sparing: id)
  }

  private static func plan(
    _ collector: Marking, _ locked: LockedJournal, _ id: OperationID
  ) throws(JournalError) -> CollectionPlan {
    try collector.takeInventory()
    let roots = try CollectionScope(journal: locked).roots()
    if roots != collector.roots { collector.use(roots) }
    try collector.mark()
    let lost = try CollectionScope(journal: locked).bringBackMissing(collector)
    let staged = try StagedContent(locked.session.control, sparing: id)
    var plan = try collector.plan(staged: staged)
    plan.missing = lost
    return plan
  }

  private static func proposal(
    for plan: CollectionPlan, _ collector: Marking, _ locked: LockedJournal
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
}

// MARK: - Trash

extension OperationJournal {
  private func isTrashDue(
    _ options: CollectionOptions, _ database: JournalDatabase, _ heldBack: OperationID?
  ) throws(JournalError) -> Bool {
    let trash = trashView(database, heldBack)
    let limit = try trash.limit(options.trashAge)
    return try !trash.operations(before: limit).isEmpty
  }

  private func trashView(
    _ database: JournalDatabase, _ heldBack: OperationID? = nil
  ) -> TrashView {
    TrashView(
      control: session.control, database: database, now: session.invocation.now(),
      heldBack: heldBack)
  }

  private func look(
    at database: JournalDatabase, _ collection: inout CollectionReport
  ) throws(JournalError) {
    let trash = trashView(database)
    collection.left = try trash.expiry(before: nil).total
  }

  private func expire(
    _ options: CollectionOptions, _ collector: Marking,
    _ collection: inout CollectionReport
  ) throws {
    let strict = try makeStrictCollector(options, like: collector)
    let transaction = try begin(.expire, stages: false)
    let id = transaction.id
    let heldBack = collection.heldBack
    var (due, left) = (TrashView.Expiry(), TrashView.Expiry())
    let prepared = try transaction.prepareLocked { locked in
      let trash = trashView(locked.database, heldBack)
      due = try trash.expiry(before: trash.limit(options.trashAge))
      left = try trash.expiry(before: nil).without(due)
      guard !due.operations.isEmpty else { return .init(edits: []) }
      let roots = try CollectionScope(journal: locked).roots()
      let viewed = try staged(sparing: id).viewed
      for marker in [collector, strict] {
        try marker.takeInventory()
        marker.use(roots)
        try marker.mark()
        try TrashExpiry(journal: locked).rescue(due, marker.reach, viewed)
      }
      due = try trash.expiry(before: trash.limit(options.trashAge))
      var proposal = Transaction.Proposal(edits: [], isForced: true, details: due.details)
      proposal.learned = try Self.corrections(strict.memory, locked.database)
      return proposal
    }
    collection.left = left.total
    guard let prepared else { return }
    let digests = due.digests
    let (record, found) = try prepared.commit { locked, record in
      locked.bestEffort("delete the trash") { () throws(JournalError) in
        try TrashExpiry(journal: locked).deleteHidden(record, digests)
      }
    }
    collection.expiry = record
    collection.deleted = due.total
    collection.notes(from: found)
  }

  /// A collector that takes every document apart again: what is deleted is gone, so nothing is on the
  /// word of what is only remembered.
  private func makeStrictCollector(
    _ options: CollectionOptions, like collector: Marking
  ) throws(JournalError) -> Marking {
    let strict = Marking(
      session.layout, session.control, collector.database, options, now: collector.now)
    strict.use(collector.roots)
    try strict.load(remembering: false)
    return strict
  }

  /// What has turned out to be remembered wrongly, or not at all.
  private static func corrections(
    _ memory: DocumentMemory, _ database: JournalDatabase
  ) throws(JournalError) -> [(document: BlobReference, references: [BlobReference])] {
    var corrections: [(document: BlobReference, references: [BlobReference])] = []
    for learned in memory.learned
    where try database.references(in: learned.document) != learned.references {
      corrections.append(learned)
    }
    return corrections
  }
}
