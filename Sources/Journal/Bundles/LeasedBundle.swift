internal import Store

extension SyscallError {
  /// Whether there is nothing where a path leads, not even something that cannot be looked at.
  var leadsNowhere: Bool { isNotFound || isLinkLoop }
}

/// The bundle of a lease, seen from the layout.
struct LeasedBundle {
  let lease: Lease
  let observer: BundleObserver

  /// What is at the path of a lease.
  enum Finding {
    /// A bundle of the image that is leased.
    case same
    /// A bundle of another one.
    case another(Descriptor)
    /// No bundle, for sure.
    case gone
    /// What cannot be looked at from here, and counts as being there.
    case unknown
  }

  /// What is at the path.
  var finding: Finding {
    switch lease.place.map({ observer.sight(of: lease.bundle, at: $0) }) {
    case nil, .elsewhere, .silent: return .unknown
    case .empty: return .gone
    case .here: return content
    }
  }

  private var content: Finding {
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
