public import Store

/// Leases: what bundles need of the layout.
extension OperationJournal {
  /// Takes a lease for a bundle that is about to be unpacked.
  ///
  /// Layers get a second name below `.ocitx/keep`, documents a copy in the database. What is missing
  /// from `blobs/` and is kept there is brought back. Nothing is reconciled and the history gets no
  /// record, since no reference changes.
  ///
  /// - Parameters:
  ///   - manifest: The image.
  ///   - bundle: The absolute path of the bundle.
  /// - Returns: The lease, which survives a power cut (full durability); the second names may not.
  public func lease(
    _ manifest: Descriptor, for bundle: String
  ) throws(JournalError) -> LeaseHold {
    let id = session.invocation.makeOperationID()
    let live = try storage.announce(id)
    let invocation = session.invocation
    let lease = Lease(
      bundle: bundle, manifest: manifest, created: invocation.now(),
      userName: invocation.userName ?? String(invocation.userID),
      hostName: invocation.hostName,
      place: BundlePlace(of: bundle, on: invocation.machineID), holder: id)
    var missing: [Digest] = []
    do throws(JournalError) {
      try withLockedDatabase { (database) throws(JournalError) in
        var retainer = ContentRetainer(session, database)
        try retainer.retain([manifest])
        let found = retainer
        try database.transaction { () throws(JournalError) in
          // Not as pins, which stand for content that is durable too: nothing was synced.
          try found.insertDocuments()
          try database.insert(lease)
        }
        missing = found.missing
      }
    } catch {
      try? live.end()
      throw error
    }
    return LeaseHold(self, live, lease, missing: missing)
  }

  /// Ends a lease whose bundle came to nothing.
  func remove(_ lease: Lease) {
    guard let database = storage.rows else { return }
    try? database.transaction { () throws(JournalError) in try database.remove(lease) }
  }
}
