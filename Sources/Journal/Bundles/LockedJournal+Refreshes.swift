internal import Store

/// Bringing bundles to what the operations that refresh them have come to.
extension LockedJournal {
  /// What the database is to remember of a proposal's refreshes.
  func pending(_ refreshes: [BundleRefresh], of operation: OperationID) -> [PendingRefresh] {
    let invocation = session.invocation
    return refreshes.map {
      PendingRefresh(
        operation: operation, refresh: $0, created: invocation.now().inUTC,
        userName: invocation.userName ?? String(invocation.userID),
        hostName: invocation.hostName)
    }
  }

  /// Rolls every waiting refresh forward or back, as its operation was.
  ///
  /// Comes after the operations themselves were recovered. A bundle that cannot be reached now is left
  /// to the next command; the layout does not depend on it.
  ///
  /// - Parameter isFinal: Whether a bundle that is gone is given up.
  func settleRefreshes(isFinal: Bool = false) throws(JournalError) {
    for pending in try database.refreshes() where pending.hostName == session.invocation.hostName {
      let stored = try database.operation(pending.operation)
      if stored?.state == .prepared || stored?.state == .committed {
        try rollForward(pending, isFinal)
      } else {
        try rollBack(pending, isFinal)
      }
    }
    if isFinal { try sweepAbandonedStages() }
  }

  /// Removes what died before its operation was prepared, from the bundles that have a lease.
  private func sweepAbandonedStages() throws(JournalError) {
    let waiting = Set(try database.refreshes().map(\.refresh.bundle))
    for lease in try database.leases()
    where lease.hostName == session.invocation.hostName && !waiting.contains(lease.bundle) {
      do throws(SyscallError) {
        try BundleMover.removeAbandonedStage(in: lease.bundle)
      } catch {
        report.notes.append("the bundle \(lease.bundle) could not be tidied up (\(error))")
      }
    }
  }

  private func rollForward(_ pending: PendingRefresh, _ isFinal: Bool) throws(JournalError) {
    let bundle = pending.refresh.bundle
    let outcome: BundleMover.Outcome
    do throws(SyscallError) {
      outcome = try mover(pending).rollForward()
    } catch {
      report.notes.append(
        "the bundle \(bundle) could not be refreshed (\(error)); \(Self.retryText)")
      return
    }
    switch outcome {
    case .done: try end(pending, taking: pending.lease)
    case .gone:
      report.notes.append(Self.goneText(bundle, isFinal))
      if isFinal { try end(pending) }
    case .impossible(let reason):
      report.notes.append("the bundle \(bundle) will not be refreshed: \(reason)")
      try end(pending)
    }
  }

  private func rollBack(_ pending: PendingRefresh, _ isFinal: Bool) throws(JournalError) {
    let bundle = pending.refresh.bundle
    let isThere: Bool
    do throws(SyscallError) {
      isThere = try mover(pending).rollBack()
    } catch {
      report.notes.append(
        "the bundle \(bundle) could not be tidied up (\(error)); \(Self.retryText)")
      return
    }
    if !isThere { report.notes.append(Self.goneText(bundle, isFinal)) }
    if isThere || isFinal { try end(pending) }
  }

  private static let retryText =
    "the next command tries again; to give it up, move the bundle away and run `umoci-tx recover`"

  private static func goneText(_ bundle: String, _ isFinal: Bool) -> String {
    "the bundle \(bundle), which was being refreshed, is gone or not mounted; "
      + (isFinal ? "it is given up" : "`umoci-tx recover` finishes it, or gives it up")
  }

  private func mover(_ pending: PendingRefresh) -> BundleMover {
    BundleMover(refresh: pending.refresh, durability: session.durability)
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

extension Transaction {
  /// Removes what was staged for bundles by an operation that certainly has not happened; best effort.
  static func rollBack(_ refreshes: [BundleRefresh]) {
    for refresh in refreshes {
      _ = try? BundleMover(refresh: refresh, durability: .relaxed).rollBack()
    }
  }
}
