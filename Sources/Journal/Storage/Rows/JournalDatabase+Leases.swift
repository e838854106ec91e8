internal import Store

/// The leases of bundles.
extension JournalDatabase {
  func leases() throws(JournalError) -> [Lease] {
    // Before version 4 nothing was known of a bundle but its path and the host's name.
    let place = try schemaVersion() < SchemaVersion.places ? "''" : "place"
    return try rows(
      """
      SELECT bundle, manifest, holder, created, "user", host, \(place) FROM leases
      ORDER BY bundle, holder
      """
    ) { Self.lease($0) }.compactMap { $0 }
  }

  /// Call it inside ``transaction(_:)``.
  func insert(_ lease: Lease) throws(JournalError) {
    let place = lease.place?.text ?? ""
    // The same path may be another bundle elsewhere.
    try run(
      "DELETE FROM leases WHERE bundle = ? AND (place = ? OR place = '' AND host = ?)",
      .text(lease.bundle), .text(place), .text(lease.hostName))
    try run(
      """
      INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (holder, bundle) DO UPDATE
      SET manifest = excluded.manifest, created = excluded.created, "user" = excluded."user",
        host = excluded.host, place = excluded.place
      """, .text(lease.holder.text),
      .text(lease.bundle), .blob(JSONValue.object(lease.manifest.json).serialized()),
      .text(lease.created.description), .text(lease.userName), .text(lease.hostName),
      .text(place))
  }

  /// Removes a lease, unless somebody else has taken one for the same bundle since.
  ///
  /// Call it inside ``transaction(_:)``.
  func remove(_ lease: Lease) throws(JournalError) {
    try run(
      "DELETE FROM leases WHERE bundle = ? AND holder = ?", .text(lease.bundle),
      .text(lease.holder.text))
  }

  static func lease(_ row: any SQLRow) -> Lease? {
    let manifest = row.blob(1).flatMap {
      try? JSONDocument(parsing: $0, limits: .blob, named: "lease").root
    }
    guard let bundle = row.text(0), let holder = row.text(2).flatMap(OperationID.init),
      let manifest = manifest.flatMap({ try? Descriptor(json: $0) }),
      let created = row.text(3).flatMap({ try? Timestamp(parsing: $0) })
    else { return nil }
    return Lease(
      bundle: bundle, manifest: manifest, created: created, userName: row.text(4) ?? "",
      hostName: row.text(5) ?? "",
      place: row.text(6).flatMap(BundlePlace.init), holder: holder)
  }
}
