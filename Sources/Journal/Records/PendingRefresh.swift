internal import Store

/// A refresh that waits for its operation, as the database has it.
struct PendingRefresh {
  let operation: OperationID
  let refresh: BundleRefresh
  /// When it was prepared, and by whom.
  let created: Timestamp
  let userName: String
  let hostName: String

  /// The lease that the bundle has once it is refreshed.
  var lease: Lease {
    Lease(
      bundle: refresh.bundle, manifest: refresh.manifest, created: created, userName: userName,
      hostName: hostName, place: refresh.place, holder: operation)
  }

  /// What the database is to remember of a proposal's refreshes.
  static func all(
    _ refreshes: [BundleRefresh], of operation: OperationID, _ invocation: Invocation
  ) -> [PendingRefresh] {
    refreshes.map {
      PendingRefresh(
        operation: operation, refresh: $0, created: invocation.now().inUTC,
        userName: invocation.userName ?? String(invocation.userID),
        hostName: invocation.hostName)
    }
  }
}
