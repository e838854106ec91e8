internal import Store

/// Ending the leases of bundles that are gone.
extension LockedJournal {
  /// Ends every lease whose bundle is not there any more, nor just being made.
  ///
  /// A bundle on another host is not looked for.
  func endLeases() throws(JournalError) {
    let leases = try database.leases()
    guard !leases.isEmpty else { return }
    var ended: [Lease] = []
    for lease in leases where lease.hostName == session.invocation.hostName {
      if try !isHeld(lease), LeasedBundle(lease).isGone { ended.append(lease) }
    }
    guard !ended.isEmpty else { return }
    let gone = ended
    try database.transaction { () throws(JournalError) in
      for lease in gone { try database.remove(lease) }
    }
    report.endedLeases += gone
  }

  private func isHeld(_ lease: Lease) throws(JournalError) -> Bool {
    try session.system { () throws(SyscallError) in
      do throws(SyscallError) {
        return try FileLock.isHeld(session.control.live.openFile(lease.holder.text))
      } catch {
        if error.isNotFound { return false }
        throw error
      }
    }
  }
}

/// The bundle of a lease, seen from the layout.
struct LeasedBundle {
  private let lease: Lease

  init(_ lease: Lease) {
    self.lease = lease
  }

  /// Whether there is no bundle of that image at the path.
  ///
  /// A bundle that cannot be looked at counts as being there.
  var isGone: Bool {
    do throws(SyscallError) {
      return try Self.base(of: OpenDirectory.open(lease.bundle)) != lease.manifest.digest
    } catch {
      return error.isNotFound || error.isNotADirectory
    }
  }

  /// The digest of the manifest that a bundle is based on; nil when it does not tell.
  static func base(of bundle: OpenDirectory) throws(SyscallError) -> Digest? {
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
      let walk = root.objectValue?["from_descriptor_path"]?.objectValue?["descriptor_walk"],
      let digest = walk.arrayValue?.elements.last?.objectValue?["digest"]?.stringValue
    else { return nil }
    return try? Digest(parsing: digest)
  }
}
