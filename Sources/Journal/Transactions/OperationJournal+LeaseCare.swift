internal import Store

/// Looking after the leases of bundles, without the writer lock while paths outside of the layout are touched.
extension OperationJournal {
  /// Ends every lease whose bundle is certainly not there any more, nor just being made.
  ///
  /// A bundle that another tool has based on another image of this layout keeps its lease, for that image.
  /// What cannot be seen from here stays as it is.
  ///
  /// - Returns: The leases that were ended.
  func lookAfterLeases() throws(JournalError) -> [Lease] {
    var leases: [Lease] = []
    try withLockedDatabase { (database) throws(JournalError) in leases = try database.leases() }
    var ended: [Lease] = []
    var moved: [(lease: Lease, manifest: Descriptor)] = []
    let observer = BundleObserver(machine: session.invocation.machineID)
    for lease in leases where try !storage.isAlive(lease.holder) {
      switch LeasedBundle(lease: lease, observer: observer).finding {
      case .same, .unknown: continue
      case .gone: ended.append(lease)
      case .another(let manifest): moved.append((lease, manifest))
      }
    }
    guard !ended.isEmpty || !moved.isEmpty else { return [] }
    try withLockedDatabase { (database) throws(JournalError) in
      for (lease, manifest) in moved where try !follow(lease, to: manifest, database) {
        ended.append(lease)
      }
      let gone = ended
      try database.transaction { () throws(JournalError) in
        for lease in gone { try database.remove(lease) }
      }
    }
    return ended
  }

  /// Gives a bundle a lease for the image that it is based on now.
  ///
  /// - Returns: False when the layout does not have that image.
  private func follow(
    _ lease: Lease, to manifest: Descriptor, _ database: JournalDatabase
  ) throws(JournalError) -> Bool {
    // Somebody may have ended or renewed it meanwhile.
    guard try database.leases().contains(lease) else { return true }
    var retainer = ContentRetainer(session, database)
    do throws(JournalError) {
      try retainer.retain([manifest])
    } catch {
      // Whatever somebody has written into umoci.json stops nobody.
      if case .blob = error { return false }
      throw error
    }
    guard retainer.missing.isEmpty else { return false }
    let found = retainer
    let renewed = Lease(
      bundle: lease.bundle, manifest: manifest, created: session.invocation.now(),
      userName: lease.userName, hostName: lease.hostName, place: lease.place,
      holder: lease.holder)
    try database.transaction { () throws(JournalError) in
      try found.insertDocuments()
      try database.insert(renewed)
    }
    return true
  }
}

extension OperationJournal {
  /// Ends leases, and what still waits to be done to their bundles, whatever is there.
  ///
  /// - Parameter names: For each the path of a bundle, or the id of a lease or the beginning of one.
  /// - Returns: The leases and refreshes that were ended.
  /// - Throws: ``JournalError/noSuchLease(_:)`` when a name fits none, and
  ///   ``JournalError/ambiguousLease(_:candidates:)``; nothing is changed then.
  public func dropLeases(_ names: [String], isDry: Bool = false) throws(JournalError) -> [Lease] {
    // Paths outside of the layout are not touched under the lock.
    let names = names.map(LeaseName.init)
    var dropped: [Lease] = []
    try withLockedDatabase { (database) throws(JournalError) in
      let (leases, refreshes) = (try database.leases(), try database.refreshes())
      let all = leases + refreshes.map(\.lease)
      var ids: Set<String> = []
      for name in names { ids.formUnion(try name.ids(among: all)) }
      let isNamed = { (lease: Lease) in ids.contains(lease.id) }
      let (ended, given) = (leases.filter(isNamed), refreshes.filter { isNamed($0.lease) })
      dropped = ended + given.map(\.lease).filter { !ended.contains($0) }
      guard !isDry else { return }
      try database.transaction { () throws(JournalError) in
        for lease in ended { try database.remove(lease) }
        for refresh in given { try database.remove(refresh) }
      }
    }
    return dropped
  }
}
