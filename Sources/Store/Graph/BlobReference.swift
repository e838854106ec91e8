/// What a walk over the blobs of a layout needs to know of a descriptor: less than that says, so that it
/// can be remembered for every document there is.
public struct BlobReference: Hashable, Sendable {
  /// What is done with the content.
  public enum Role: UInt8, Sendable {
    /// It is never opened.
    case opaque = 0
    /// A document that refers to nothing: a config, or `{}`.
    case leaf = 1
    /// An OCI index or a Docker manifest list.
    case index = 2
    /// An OCI or a Docker manifest.
    case manifest = 3
    /// A descriptor that is stored as a blob.
    case descriptor = 4
    /// A manifest of an artifact.
    case artifact = 5
    /// JSON of a type that nobody here knows: every descriptor in it may be a reference.
    case unknown = 6

    /// The role of blobs of a media type.
    public init(_ type: MediaType) {
      if type.isIndex {
        self = .index
      } else if type.isManifest {
        self = .manifest
      } else if type == .descriptor {
        self = .descriptor
      } else if type == .artifactManifest {
        self = .artifact
      } else if type.isUnknownJSON {
        self = .unknown
      } else {
        self = type.isImageConfig || type == .emptyJSON ? .leaf : .opaque
      }
    }

    /// Whether it refers to other blobs.
    public var refersToOthers: Bool { self != .opaque && self != .leaf }

    /// A media type of that role.
    package var mediaType: MediaType {
      switch self {
      case .opaque: "application/octet-stream"
      case .leaf: .imageConfig
      case .index: .imageIndex
      case .manifest: .imageManifest
      case .descriptor: .descriptor
      case .artifact: .artifactManifest
      case .unknown: "application/json"
      }
    }
  }

  /// The blob.
  public let digest: Digest
  /// Its size in bytes.
  public let size: Int64
  /// What is done with it.
  public let role: Role
  /// Whether it may be absent: a `subject`, content that is fetched from elsewhere (`urls`), or what stands
  /// in a document of an unknown type.
  public let isOptional: Bool
  /// Whether it is what the document is about (`subject`).
  public let isSubject: Bool

  /// What there is to know of a descriptor.
  ///
  /// - Parameters:
  ///   - isSubject: Whether it is a `subject`.
  ///   - isPossible: Whether it is uncertain that it is a reference at all.
  public init(_ descriptor: Descriptor, isSubject: Bool = false, isPossible: Bool = false) {
    digest = descriptor.digest
    size = descriptor.size
    role = Role(descriptor.mediaType)
    isOptional = isSubject || isPossible || !descriptor.urls.isEmpty
    self.isSubject = isSubject
  }

  private init(digest: Digest, size: Int64, role: Role, isOptional: Bool, isSubject: Bool) {
    self.digest = digest
    self.size = size
    self.role = role
    self.isOptional = isOptional
    self.isSubject = isSubject
  }

  /// A descriptor of the same blob, with a media type of its role.
  public var descriptor: Descriptor {
    Descriptor(mediaType: role.mediaType, digest: digest, size: size)
  }

  /// What a document refers to.
  ///
  /// - Throws: ``BlobError/invalidDocument(_:reason:)`` when it is no document of its type.
  public static func references(
    in bytes: [UInt8], of descriptor: Descriptor
  ) throws(BlobError) -> [BlobReference] {
    let all = try DocumentChildren.descriptors(in: bytes, of: descriptor)
    let subject = try DocumentChildren.subject(in: bytes, of: descriptor)
    let isPossible = Role(descriptor.mediaType) == .unknown
    // The subject stands last.
    return all.enumerated().map { position, child in
      BlobReference(
        child, isSubject: subject != nil && position == all.count - 1, isPossible: isPossible)
    }
  }
}

extension BlobReference {
  private static let optionalFlag: UInt8 = 0x40
  private static let subjectFlag: UInt8 = 0x80
  private static let fixedLength = 10

  /// References as bytes: for each its role with two flags, its size (eight bytes, little-endian), the
  /// length of its digest and that.
  public static func encode(_ references: [BlobReference]) -> [UInt8] {
    var bytes: [UInt8] = []
    for reference in references {
      let digest = Array(reference.digest.description.utf8)
      guard let length = UInt8(exactly: digest.count) else { continue }
      bytes.append(
        reference.role.rawValue | (reference.isOptional ? optionalFlag : 0)
          | (reference.isSubject ? subjectFlag : 0))
      withUnsafeBytes(of: reference.size.littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(length)
      bytes += digest
    }
    return bytes
  }

  /// Whether ``encode(_:)`` can hold all of them: a digest of an unknown algorithm may be too long.
  public static func isEncodable(_ references: [BlobReference]) -> Bool {
    references.allSatisfy { $0.digest.description.utf8.count <= Int(UInt8.max) }
  }

  /// Reads what ``encode(_:)`` wrote.
  ///
  /// - Returns: Nil when it is nothing that this version wrote.
  public static func decode(_ bytes: [UInt8]) -> [BlobReference]? {
    var references: [BlobReference] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count > fixedLength, let flags = rest.first,
        let role = Role(rawValue: flags & 0x0f)
      else { return nil }
      let start = rest.startIndex
      let size = rest[(start + 1)..<(start + 9)].reversed().reduce(Int64(0)) {
        $0 << 8 | Int64($1)
      }
      let length = Int(rest[start + 9])
      rest = rest.dropFirst(fixedLength)
      guard rest.count >= length, size >= 0,
        let digest = try? Digest(
          parsing: String(decoding: rest.prefix(length), as: UTF8.self))
      else { return nil }
      rest = rest.dropFirst(length)
      references.append(
        BlobReference(
          digest: digest, size: size, role: role, isOptional: flags & optionalFlag != 0,
          isSubject: flags & subjectFlag != 0))
    }
    return references
  }
}
