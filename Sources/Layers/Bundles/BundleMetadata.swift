public import Store

/// What `umoci.json` says of a bundle: the image that it was unpacked from, and how
/// (umoci-behaviour §2.1).
public struct BundleMetadata: Sendable {
  /// The file's name in a bundle.
  public static let fileName = "umoci.json"
  /// The most that the file may hold, in bytes.
  public static let maximumSize = 1 << 20

  /// The descriptors from the entry of index.json down to the image manifest; never empty.
  public let descriptorWalk: [Descriptor]
  /// How owners were mapped.
  public let mapping: OwnershipMapping

  /// Describes a bundle.
  ///
  /// - Throws: ``BundleError/metadata(path:defect:)`` when the last descriptor is none of an
  ///   image manifest, of OCI or of Docker (which umoci itself does not read).
  public init(
    descriptorWalk: [Descriptor], mapping: OwnershipMapping
  ) throws(BundleError) {
    try self.init(descriptorWalk, mapping, path: Self.fileName)
  }

  private init(
    _ walk: [Descriptor], _ mapping: OwnershipMapping, path: String
  ) throws(BundleError) {
    let type = walk.last?.mediaType ?? ""
    guard type.isManifest else {
      throw .metadata(path: path, defect: .notAnImage(type))
    }
    descriptorWalk = walk
    self.mapping = mapping
  }

  /// The digest of the manifest that was unpacked.
  public var manifestDigest: Digest {
    // Never empty: both initializers check it.
    descriptorWalk[descriptorWalk.count - 1].digest
  }

  /// The name of the bundle's mtree file, for example `sha256_<64 hex digits>.mtree`.
  public var mtreeFileName: String { Self.mtreeFileName(for: manifestDigest) }

  /// The name of the mtree file of a bundle of that manifest.
  public static func mtreeFileName(for manifest: Digest) -> String {
    "\(manifest.algorithm.name)_\(manifest.encoded).mtree"
  }
}

// MARK: - Writing

extension BundleMetadata {
  /// The bytes of the file, as umoci writes them: one line of JSON.
  public func serialized() -> [UInt8] {
    let json: JSONValue = [
      "umoci_version": "2",
      "from_descriptor_path": [
        "descriptor_walk": JSONValue(descriptorWalk.map { .object($0.json) })
      ],
      "map_options": [
        "uid_mappings": Self.json(mapping.userMappings),
        "gid_mappings": Self.json(mapping.groupMappings),
        "rootless": .bool(mapping.isRootless),
      ],
    ]
    return json.rendered(.compact) + [UInt8(ascii: "\n")]
  }

  private static func json(_ mappings: [IDMapping]) -> JSONValue {
    mappings.isEmpty ? .null : JSONValue(mappings.map(\.json))
  }
}

extension IDMapping {
  /// The mapping as the runtime specification has it.
  var json: JSONValue {
    [
      "containerID": JSONValue(Int64(containerID)), "hostID": JSONValue(Int64(hostID)),
      "size": JSONValue(Int64(size)),
    ]
  }
}

// MARK: - Reading

extension BundleMetadata {
  /// Reads the file of the bundle at a path.
  ///
  /// - Throws: ``BundleError``, or ``SyscallError`` when it is missing or cannot be read.
  public static func read(bundle path: String) throws -> BundleMetadata {
    let file = try OpenDirectory.open(path).openFile(fileName)
    guard try file.status().kind == .regular else {
      throw BundleError.metadata(
        path: file.path, defect: .member("the file", expected: "a regular file"))
    }
    guard let bytes = try file.readToEnd(limit: maximumSize) else {
      throw BundleError.tooLarge(path: file.path, limit: maximumSize)
    }
    return try BundleMetadata(parsing: bytes, named: file.path)
  }

  /// Reads the bytes of the file; members that are not known are passed over.
  ///
  /// - Throws: ``BundleError/metadata(path:defect:)``, with `path` as the file's name.
  public init(parsing bytes: [UInt8], named path: String) throws(BundleError) {
    let walk: [Descriptor]
    let mapping: OwnershipMapping
    do throws(BundleError.MetadataDefect) {
      let reader = MetadataReader(try Self.root(bytes, path))
      try reader.checkFormat()
      walk = try reader.descriptorWalk()
      mapping = try reader.mapping()
    } catch {
      throw .metadata(path: path, defect: error)
    }
    try self.init(walk, mapping, path: path)
  }

  private static func root(
    _ bytes: [UInt8], _ path: String
  ) throws(BundleError.MetadataDefect) -> JSONObject {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: bytes, limits: .blob, named: path)
    } catch {
      throw .json(error)
    }
    return try MetadataReader.object(document.root, "the file")
  }
}

extension BundleError.MetadataDefect: Error {}
