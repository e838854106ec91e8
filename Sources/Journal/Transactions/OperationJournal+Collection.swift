internal import Store

/// Garbage collection: what nothing needs leaves `blobs/`, at first for the trash.
///
/// A type for each phase, each made of the one before it, so that no other order compiles: ``Marking`` without
/// the lock, ``LockedPlan`` under it, `Withdrawn` once the plan is in the history and done, ``ExpiryPlan`` under
/// the lock again.
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
    let withdrawn = try withdraw(options, &collection)
    do { try expire(options, withdrawn, &collection) } catch let error as JournalError {
      guard let record = collection.withdrawal else { throw error }
      // What was asked for has to be done; what is only due can wait.
      let name = "\(record.sequence) (\(record.kind))"
      guard options.trashAge == nil else { throw JournalError.trashLeft(operation: name, error) }
      collection.recovery.notes.append("could not delete old trash: \(error)")
    }
    return collection
  }

  /// The phase in which nothing is in `blobs/` any more that nothing needs.
  private struct Withdrawn {
    let marking: Marking
  }

  private func withdraw(
    _ options: CollectionOptions, _ collection: inout CollectionReport
  ) throws -> Withdrawn {
    let transaction = try begin(.collect, stages: false)
    let id = transaction.id
    let marking: Marking
    do {
      marking = try mark(options, except: id, &collection)
      let staged = try StagedContent(session.control, storage, except: id)
      if let plan = try marking.idlePlan(staged: staged) {
        collection.plan = plan
        transaction.rollBack()
        return Withdrawn(marking: marking)
      }
    } catch {
      transaction.rollBack()
      throw error
    }
    var plan = CollectionPlan()
    let prepared = try transaction.prepareLocked { locked in
      let decided = try LockedPlan(marking, locked, except: id)
      plan = decided.plan
      return Transaction.Proposal(moving: decided.moves, newReferences: decided.newReferences)
    }
    collection.plan = plan
    guard let prepared else {
      collection.notes(from: report)
      return Withdrawn(marking: marking)
    }
    let (record, found) = try prepared.commit()
    collection.withdrawal = record
    collection.notes(from: found)
    return Withdrawn(marking: marking)
  }

  /// Finds the roots of now under the lock; what is reached from them may be found out while others write.
  private func mark(
    _ options: CollectionOptions, except id: OperationID, _ collection: inout CollectionReport
  ) throws(JournalError) -> Marking {
    let locked = try lock(except: id, kind: .collect)
    defer { locked.unlock() }
    report = locked.report
    collection.notes(from: report)
    let roots = try CollectionRoots(of: locked)
    locked.unlock()
    return try Marking(
      session.layout, session.control, locked.database, from: roots, grace: options.grace,
      now: session.invocation.now())
  }

  private func expire(
    _ options: CollectionOptions, _ withdrawn: Withdrawn, _ collection: inout CollectionReport
  ) throws {
    let marking = withdrawn.marking
    let trash = trashView(marking.database, collection.heldBack)
    guard try !trash.operations(before: trash.limit(options.trashAge)).isEmpty else {
      collection.left = try trash.expiry(before: nil).total
      return
    }
    let strict = try strictMarking(like: marking)
    let transaction = try begin(.expire, stages: false)
    let id = transaction.id
    var plan: ExpiryPlan?
    let prepared = try transaction.prepareLocked { locked in
      let trash = trashView(locked.database, trash.heldBack)
      let decided = try ExpiryPlan(
        [marking, strict], trash, before: trash.limit(options.trashAge), locked, except: id)
      plan = decided
      guard !decided.due.operations.isEmpty else { return .init(edits: []) }
      return Transaction.Proposal(
        deleting: decided, newReferences: try strict.cache.corrections(locked.database))
    }
    collection.left = plan?.left.total ?? .init()
    guard let prepared, let plan else { return }
    let (record, found) = try prepared.commit { locked, record in
      locked.bestEffort("delete the trash") { () throws(JournalError) in
        try TrashExpiry(journal: locked).deleteHidden(record, plan.due.digests)
      }
    }
    collection.expiry = record
    collection.deleted = plan.due.total
    collection.notes(from: found)
  }

  private func trashView(_ database: JournalDatabase, _ heldBack: OperationID?) -> TrashView {
    TrashView(
      control: session.control, database: database, now: session.invocation.now(),
      heldBack: heldBack)
  }

  /// One that takes every document apart again: what is deleted is gone, so nothing is on the word of what
  /// is only remembered.
  private func strictMarking(like marking: Marking) throws(JournalError) -> Marking {
    try Marking(
      session.layout, session.control, marking.database, from: marking.roots, now: marking.now,
      remembering: false)
  }
}

extension Transaction.Proposal {
  fileprivate init(
    moving moves: BlobRelocations,
    newReferences: [(document: BlobReference, references: [BlobReference])]
  ) {
    self.init(edits: [])
    self.moves = moves
    self.newReferences = newReferences
  }

  fileprivate init(
    deleting plan: ExpiryPlan,
    newReferences: [(document: BlobReference, references: [BlobReference])]
  ) {
    self.init(edits: [], isForced: true, details: plan.due.details)
    self.newReferences = newReferences
  }
}
