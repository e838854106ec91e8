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

extension JournalDatabase {
  /// All refreshes that are neither done nor given up.
  func refreshes() throws(JournalError) -> [PendingRefresh] {
    if try schemaVersion() < 3 { return [] }
    return try rows(
      "SELECT operation, plan, created, user, host FROM refreshes ORDER BY operation, bundle"
    ) { row in
      let plan = row.blob(1).flatMap {
        try? JSONDocument(parsing: $0, limits: .blob, named: "refresh").root
      }
      guard let operation = row.text(0).flatMap(OperationID.init),
        let refresh = plan.flatMap(BundleRefresh.init(json:)),
        let created = row.text(2).flatMap({ try? Timestamp(parsing: $0) })
      else { return nil as PendingRefresh? }
      return PendingRefresh(
        operation: operation, refresh: refresh, created: created, userName: row.text(3) ?? "",
        hostName: row.text(4) ?? "")
    }.compactMap { $0 }
  }

  /// Call it inside ``transaction(_:)``.
  func insert(_ pending: PendingRefresh) throws(JournalError) {
    try run(
      "INSERT OR REPLACE INTO refreshes VALUES (?, ?, ?, ?, ?, ?)", .text(pending.operation.text),
      .text(pending.refresh.bundle), .blob(pending.refresh.json.serialized()),
      .text(pending.created.description), .text(pending.userName), .text(pending.hostName))
  }

  /// Call it inside ``transaction(_:)``.
  func remove(_ pending: PendingRefresh) throws(JournalError) {
    try run(
      "DELETE FROM refreshes WHERE operation = ? AND bundle = ?", .text(pending.operation.text),
      .text(pending.refresh.bundle))
  }
}

extension OperationHistory {
  /// Whether it is still open what a bundle is based on: an operation that refreshes it was
  /// interrupted and could be neither finished nor taken back.
  ///
  /// - Parameters:
  ///   - bundle: The absolute path of the bundle.
  ///   - machine: This machine.
  public func hasPendingRefresh(
    of bundle: String, on machine: String
  ) throws(JournalError) -> Bool {
    try database.refreshes().contains {
      $0.refresh.bundle == bundle && ($0.refresh.place.map { $0.machine == machine } ?? true)
    }
  }
}
