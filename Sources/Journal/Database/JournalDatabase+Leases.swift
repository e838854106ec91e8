internal import Store

/// The leases of bundles.
extension JournalDatabase {
  func leases() throws(JournalError) -> [Lease] {
    try rows("SELECT bundle, manifest, holder, created, user, host FROM leases ORDER BY bundle") {
      Self.lease($0)
    }.compactMap { $0 }
  }

  /// Call it inside ``transaction(_:)``.
  func insert(_ lease: Lease) throws(JournalError) {
    try run(
      "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?)", .text(lease.bundle),
      .blob(JSONValue.object(lease.manifest.json).serialized()), .text(lease.holder.text),
      .text(lease.created.description), .text(lease.userName), .text(lease.hostName))
  }

  /// Removes a lease, unless somebody else has taken one for the same bundle since.
  ///
  /// Call it inside ``transaction(_:)``.
  func remove(_ lease: Lease) throws(JournalError) {
    try run(
      "DELETE FROM leases WHERE bundle = ? AND holder = ?", .text(lease.bundle),
      .text(lease.holder.text))
  }

  static func lease(_ row: borrowing Statement) -> Lease? {
    let manifest = row.blob(1).flatMap {
      try? JSONDocument(parsing: $0, limits: .blob, named: "lease").root
    }
    guard let bundle = row.text(0), let holder = row.text(2).flatMap(OperationID.init),
      let manifest = manifest.flatMap({ try? Descriptor(json: $0) }),
      let created = row.text(3).flatMap({ try? Timestamp(parsing: $0) })
    else { return nil }
    return Lease(
      bundle: bundle, manifest: manifest, created: created, userName: row.text(4) ?? "",
      hostName: row.text(5) ?? "", holder: holder)
  }
}
