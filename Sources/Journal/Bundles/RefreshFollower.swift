internal import Store

/// Brings bundles to what the operations that refresh them have come to.
struct RefreshFollower {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }

  /// Lets the next writer in, and then does what bundles wait for, if any does: one may lie on something
  /// that hangs.
  ///
  /// - Parameter own: The operation of this process, which has locked the staged files itself.
  func unlock(own: OperationID?) {
    // Asked for while nobody else writes to the database.
    let waiting = try? database.refreshes()
    journal.unlock()
    if waiting?.isEmpty == true { return }
    journal.bestEffort("refresh a bundle") { () throws(JournalError) in try follow(own: own) }
  }

  /// Rolls every waiting refresh forward or back, as its operation was.
  ///
  /// Comes after the operations themselves were recovered, and after the lock was given up: a bundle
  /// may lie on something that hangs. A bundle that cannot be reached now is left to the next command;
  /// the layout does not depend on it.
  ///
  /// - Parameters:
  ///   - own: The operation of this process, which has locked the staged files itself.
  ///   - isFinal: Whether a bundle that is gone is given up.
  func follow(own: OperationID?, isFinal: Bool = false) throws(JournalError) {
    let observer = BundleObserver(machine: session.invocation.machineID)
    for pending in try database.refreshes() {
      let isOwn = pending.operation == own
      if !isOwn, try journal.storage.isAlive(pending.operation) { continue }
      let mover = BundleMover(
        refresh: pending.refresh, durability: session.durability, isStageOurs: isOwn)
      switch sight(of: pending, by: observer, mover) {
      case .here, .empty: break
      case .silent:
        journal.report.notes.append(Self.silentText(pending))
        continue
      case .elsewhere:
        if isFinal { journal.report.notes.append(Self.elsewhereText(pending)) }
        continue
      }
      let stored = try database.operation(pending.operation)
      if stored?.state == .prepared || stored?.state == .committed {
        try rollForward(pending, mover, isFinal)
      } else {
        try rollBack(pending, mover, isFinal)
      }
    }
    if isFinal { try removeAbandonedStages(observer) }
  }

  /// Whether the bundle that is meant is at its path here, or certainly not any more.
  private func sight(
    of pending: PendingRefresh, by observer: BundleObserver, _ mover: BundleMover
  ) -> BundlePlace.Sight {
    let (bundle, place) = (pending.refresh.bundle, pending.refresh.place)
    guard observer.answers(bundle, on: place?.device) else { return .silent }
    guard let place else {
      return pending.hostName == session.invocation.hostName ? .here : .elsewhere
    }
    let sight = place.sight(of: bundle, from: session.invocation.machineID)
    return sight == .elsewhere && mover.findsItsStage ? .here : sight
  }

  /// Removes what died before its operation was prepared, from the bundles that have a lease.
  private func removeAbandonedStages(_ observer: BundleObserver) throws(JournalError) {
    let waiting = Set(try database.refreshes().map(\.refresh.bundle))
    for lease in try database.leases()
    where !waiting.contains(lease.bundle)
      && lease.place.map({ observer.sight(of: lease.bundle, at: $0) }) == .here
    {
      do throws(SyscallError) {
        try BundleMover.removeAbandonedStage(in: lease.bundle)
      } catch {
        journal.report.notes.append("the bundle \(lease.bundle) could not be tidied up (\(error))")
      }
    }
  }

  private func rollForward(
    _ pending: PendingRefresh, _ mover: BundleMover, _ isFinal: Bool
  ) throws(JournalError) {
    let bundle = pending.refresh.bundle
    let outcome: BundleMover.Outcome
    do throws(SyscallError) {
      outcome = try mover.rollForward()
    } catch {
      journal.report.notes.append(
        "the bundle \(bundle) could not be refreshed (\(error)); \(Self.retryText)")
      return
    }
    switch outcome {
    case .busy: return
    case .done: try end(pending, taking: pending.lease)
    case .gone:
      journal.report.notes.append(Self.goneText(bundle, isFinal))
      if isFinal { try end(pending) }
    case .impossible(let reason):
      journal.report.notes.append("the bundle \(bundle) will not be refreshed: \(reason)")
      try end(pending)
    }
  }

  private func rollBack(
    _ pending: PendingRefresh, _ mover: BundleMover, _ isFinal: Bool
  ) throws(JournalError) {
    let bundle = pending.refresh.bundle
    let outcome: BundleMover.Outcome
    do throws(SyscallError) {
      outcome = try mover.rollBack()
    } catch {
      journal.report.notes.append(
        "the bundle \(bundle) could not be tidied up (\(error)); \(Self.retryText)")
      return
    }
    if outcome == .busy { return }
    if outcome == .gone { journal.report.notes.append(Self.goneText(bundle, isFinal)) }
    if outcome == .done || isFinal { try end(pending) }
  }

  private static let retryText: Note =
    "the next command tries again; to give it up, move the bundle away and run \(.recover())"

  private static func goneText(_ bundle: String, _ isFinal: Bool) -> Note {
    "the bundle \(bundle), which was being refreshed, is gone or not mounted; "
      + (isFinal ? "it is given up" : "\(.recover()) finishes it, or gives it up")
  }

  private static func silentText(_ pending: PendingRefresh) -> Note {
    "the bundle \(pending.refresh.bundle), which was being refreshed, does not answer; the next command tries"
      + " again, and \(.dropLease("\(pending.operation)")) gives it up"
  }

  private static func elsewhereText(_ pending: PendingRefresh) -> Note {
    "the bundle \(pending.refresh.bundle), which was being refreshed by \(pending.userName) on"
      + " \(pending.hostName), cannot be seen from here: \(.recover()) finishes it where it can be"
      + " seen, and \(.dropLease("\(pending.operation)")) gives it up"
  }

  private func end(
    _ pending: PendingRefresh, taking lease: Lease? = nil
  ) throws(JournalError) {
    try database.transaction { () throws(JournalError) in
      try database.remove(pending)
      if let lease { try database.insert(lease) }
    }
  }
}
