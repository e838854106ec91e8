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
}
