/// What a verifier wants to know of one document.
struct DocumentContent {
  /// What it refers to, but for the subject.
  private(set) var children: [Descriptor] = []
  /// What it is about.
  private(set) var subject: Descriptor?
  /// The config, if this is the manifest of an image.
  private(set) var imageConfig: Descriptor?
  /// The number of its layers, if this is a manifest.
  private(set) var layerCount = 0
  /// Required members that are not there, of an OCI config.
  private(set) var missingMembers: [String] = []

  /// Whether blobs of a type are documents whose content is checked.
  static func isChecked(_ type: MediaType) -> Bool {
    DocumentChildren.refersToOthers(type) || type.isImageConfig || type == .emptyJSON
  }

  /// Takes a document apart.
  ///
  /// - Throws: ``BlobError/invalidDocument(_:reason:)`` when it is no document of its type.
  init(_ bytes: [UInt8], of descriptor: Descriptor) throws(BlobError) {
    do {
      try read(bytes, descriptor.mediaType, named: descriptor.digest.description)
    } catch {
      throw .invalidDocument(descriptor.digest, reason: "\(error)")
    }
  }

  private mutating func read(_ bytes: [UInt8], _ type: MediaType, named name: String) throws {
    if type.isIndex {
      let index = try ImageIndex(parsing: bytes, limits: .blob, named: name)
      children = index.entries.map(\.descriptor)
      subject = index.subject
    } else if type.isManifest {
      let manifest = try ImageManifest(parsing: bytes, named: name)
      children = [manifest.config] + manifest.layers
      subject = manifest.subject
      layerCount = manifest.layers.count
      if manifest.config.mediaType.isImageConfig { imageConfig = manifest.config }
    } else if type.isImageConfig {
      let config = try ImageConfig(parsing: bytes, named: name)
      guard type == .imageConfig else { return }
      missingMembers = ["architecture", "os", "rootfs"].filter { !config.json.contains($0) }
    } else {
      let root = try JSONDocument(parsing: bytes, limits: .blob, named: name).root
      if type == .descriptor {
        children = [try Descriptor(json: root)]
      } else if bytes != Array("{}".utf8) {
        throw DocumentError(.wrongKind(root.kind, expected: "exactly {}")).named(name)
      }
    }
  }
}

extension BlobError {
  /// The finding that the error stands for.
  var finding: LayoutFinding.Code {
    switch self {
    case .missing: .blobMissing
    case .notAFile: .blobKind
    case .digestMismatch: .blobDigest
    case .sizeMismatch: .blobSize
    case .unsupportedAlgorithm: .algorithmUnsupported
    case .tooLarge, .invalidDocument: .documentInvalid
    case .system: .blobUnreadable
    }
  }

  /// Whether the blob is there, but is not what its descriptor says.
  var isAboutContent: Bool {
    switch self {
    case .digestMismatch, .sizeMismatch: true
    default: false
    }
  }
}

extension DiagnosableError {
  /// The failure with what is behind it.
  var inOneLine: String { ([description] + causes).joined(separator: ": ") }
}

extension BlobStore {
  /// The size of a blob's file, which must be a regular one.
  func sizeOfFile(_ digest: Digest) throws(BlobError) -> Int64 {
    let status: FileStatus?
    do throws(SyscallError) { status = try self.status(of: digest) } catch { throw .system(error) }
    guard let status else { throw .missing(digest) }
    guard status.kind == .regular else { throw .notAFile(digest) }
    return status.size
  }

  /// The number of diff IDs in a config; nil when it cannot be read.
  func diffIDCount(of config: Descriptor) -> Int? {
    guard let bytes = try? readDocument(config, patience: 0) else { return nil }
    return try? ImageConfig(parsing: bytes, named: config.digest.description).diffIDs.count
  }
}
