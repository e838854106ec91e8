internal import Store

/// The refreshes of bundles that wait for their operations.
extension JournalDatabase {
  /// All refreshes that are neither done nor given up.
  func refreshes() throws(JournalError) -> [PendingRefresh] {
    if try schemaVersion() < SchemaVersion.refreshes { return [] }
    return try rows(
      """
      SELECT operation, plan, created, "user", host FROM refreshes ORDER BY operation, bundle
      """
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
      """
      INSERT INTO refreshes VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (operation, bundle) DO UPDATE
      SET plan = excluded.plan, created = excluded.created, "user" = excluded."user",
        host = excluded.host
      """, .text(pending.operation.text), .text(pending.refresh.bundle),
      .blob(pending.refresh.json.serialized()),
      .text(pending.created.description), .text(pending.userName), .text(pending.hostName))
  }

  /// Call it inside ``transaction(_:)``.
  func remove(_ pending: PendingRefresh) throws(JournalError) {
    try run(
      "DELETE FROM refreshes WHERE operation = ? AND bundle = ?", .text(pending.operation.text),
      .text(pending.refresh.bundle))
  }
}
