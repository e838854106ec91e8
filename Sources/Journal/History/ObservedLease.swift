/// A lease, and what can be seen of its bundle from here.
public struct ObservedLease: Sendable {
  /// What can be seen.
  public enum State: Sendable {
    /// The bundle is at its path.
    case here
    /// It is not, for sure.
    case gone
    /// Its place cannot be seen from here.
    case notVisible
    /// It is being made.
    case unpacking
  }

  /// The lease.
  public let lease: Lease
  /// What can be seen.
  public let state: State
  /// Whether an interrupted refresh of the bundle waits to be finished.
  public let isRefreshPending: Bool
}

extension OperationHistory {
  /// All leases, and bundles whose refresh waits, with what can be seen of them.
  ///
  /// Touches the paths of bundles; one that does not answer cannot be seen.
  ///
  /// - Parameter machine: This machine, see ``Invocation/machineID``.
  public func observedLeases(from machine: String) throws(JournalError) -> [ObservedLease] {
    let leases = try database.leases()
    let refreshes = try database.refreshes().map(\.lease)
    // Equal paths on two machines are two bundles.
    func isSameBundle(_ one: Lease, _ other: Lease) -> Bool {
      one.bundle == other.bundle && one.place == other.place
    }
    let others = refreshes.filter { refresh in !leases.contains { isSameBundle($0, refresh) } }
    var observed: [ObservedLease] = []
    let observer = BundleObserver(machine: machine)
    for lease in leases + others {
      observed.append(
        ObservedLease(
          lease: lease, state: try state(of: lease, by: observer),
          isRefreshPending: refreshes.contains { isSameBundle($0, lease) }))
    }
    return observed
  }

  private func state(
    of lease: Lease, by observer: BundleObserver
  ) throws(JournalError) -> ObservedLease.State {
    if try storage.isAlive(lease.holder) { return .unpacking }
    return switch LeasedBundle(lease: lease, observer: observer).finding {
    case .same, .another: .here
    case .gone: .gone
    case .unknown: .notVisible
    }
  }
}
