internal import Store

/// Looking after the leases of bundles.
extension LockedJournal {
  /// Ends every lease whose bundle is not there any more, nor just being made.
  ///
  /// A bundle that another tool has based on another image of this layout keeps its lease, for that image.
  /// A bundle on another host is not looked for.
  func settleLeases() throws(JournalError) {
    let leases = try database.leases()
    guard !leases.isEmpty else { return }
    var ended: [Lease] = []
    for lease in leases where lease.hostName == session.invocation.hostName {
      if try isHeld(lease) { continue }
      switch LeasedBundle(lease).finding {
      case .same, .unknown: continue
      case .gone: ended.append(lease)
      case .another(let manifest):
        if try !follow(lease, to: manifest) { ended.append(lease) }
      }
    }
    guard !ended.isEmpty else { return }
    let gone = ended
    try database.transaction { () throws(JournalError) in
      for lease in gone { try database.remove(lease) }
    }
    report.endedLeases += gone
  }

  /// Gives a bundle a lease for the image that it is based on now.
  ///
  /// - Returns: False when the layout does not have that image.
  private func follow(_ lease: Lease, to manifest: Descriptor) throws(JournalError) -> Bool {
    var keeper = ContentKeeper(session, database)
    do throws(JournalError) {
      try keeper.keep([manifest])
    } catch {
      // Whatever somebody has written into umoci.json stops nobody.
      if case .blob = error { return false }
      throw error
    }
    guard keeper.missing.isEmpty else { return false }
    let found = keeper
    let renewed = Lease(
      bundle: lease.bundle, manifest: manifest, created: session.invocation.now(),
      userName: lease.userName, hostName: lease.hostName, holder: lease.holder)
    try database.transaction { () throws(JournalError) in
      try found.insertDocuments()
      try database.insert(renewed)
    }
    return true
  }

  private func isHeld(_ lease: Lease) throws(JournalError) -> Bool {
    try session.system { () throws(SyscallError) in
      do throws(SyscallError) {
        return try FileLock.isHeld(session.control.live.openFile(lease.holder.text))
      } catch {
        if error.isNotFound { return false }
        if error.isPermission { return true }
        throw error
      }
    }
  }
}

extension SyscallError {
  /// Whether there is nothing where a path leads, not even something that cannot be looked at.
  var leadsNowhere: Bool { isNotFound || isLinkLoop }
}

/// The bundle of a lease, seen from the layout.
struct LeasedBundle {
  private let lease: Lease

  init(_ lease: Lease) {
    self.lease = lease
  }

  /// What is at the path of a lease.
  enum Finding {
    /// A bundle of the image that is leased.
    case same
    /// A bundle of another one.
    case another(Descriptor)
    /// No bundle.
    case gone
    /// What cannot be looked at, and counts as being there.
    case unknown
  }

  /// What is at the path.
  var finding: Finding {
    do throws(SyscallError) {
      guard let base = try Self.walkEnd(of: OpenDirectory.open(lease.bundle)) else { return .gone }
      if Self.digest(in: base) == lease.manifest.digest { return .same }
      // Nothing can be kept for what is no manifest's descriptor.
      guard let manifest = try? Descriptor(json: base), manifest.mediaType.isManifest else {
        return .gone
      }
      return .another(manifest)
    } catch {
      return error.leadsNowhere ? .gone : .unknown
    }
  }

  /// The digest of the manifest that a bundle is based on; nil when it does not tell.
  static func base(of bundle: OpenDirectory) throws(SyscallError) -> Digest? {
    try walkEnd(of: bundle).flatMap(digest(in:))
  }

  private static func digest(in descriptor: JSONValue) -> Digest? {
    descriptor.objectValue?["digest"]?.stringValue.flatMap { try? Digest(parsing: $0) }
  }

  /// What `umoci.json` says of the manifest that a bundle is based on; nil when it does not tell.
  private static func walkEnd(of bundle: OpenDirectory) throws(SyscallError) -> JSONValue? {
    let bytes: [UInt8]?
    do throws(SyscallError) {
      let file = try bundle.openFile("umoci.json")
      guard try file.status().kind == .regular else { return nil }
      bytes = try file.readToEnd(limit: 1 << 20)
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
    guard let bytes,
      let root = try? JSONDocument(parsing: bytes, limits: .blob, named: "umoci.json").root,
      let walk = root.objectValue?["from_descriptor_path"]?.objectValue?["descriptor_walk"]
    else { return nil }
    return walk.arrayValue?.elements.last
  }
}
