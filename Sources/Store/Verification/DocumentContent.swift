/// What a verifier wants to know of one document.
struct DocumentContent {
  /// What it refers to, but for the subject.
  private(set) var children: [Descriptor] = []
  /// What it is about.
  private(set) var subject: Descriptor?
  /// The config, if this is the manifest of an image.
  private(set) var imageConfig: Descriptor?
  /// The digests of its layers, if this is a manifest.
  private(set) var layers: [Digest] = []
  /// The media type that it says it has.
  private(set) var mediaType: MediaType?
  /// What kind of artifact it says it is.
  private(set) var artifactType: MediaType?
  /// Required members that are not there.
  private(set) var missingMembers: [String] = []
  /// The name of a member that some object in it has twice.
  private(set) var repeatedMember: String?

  /// Whether blobs of a type are documents whose content is checked.
  static func isChecked(_ type: MediaType) -> Bool {
    DocumentChildren.refersToOthers(type) || type.isImageConfig || type == .emptyJSON
  }

  /// Takes a document apart.
  ///
  /// - Throws: ``BlobError/invalidDocument(_:reason:)`` when it is no document of its type.
  init(_ bytes: [UInt8], of descriptor: Descriptor) throws(BlobError) {
    do {
      try read(bytes, of: descriptor)
    } catch {
      throw .invalidDocument(descriptor.digest, reason: "\(error)")
    }
  }

  private mutating func read(_ bytes: [UInt8], of descriptor: Descriptor) throws {
    let (type, name) = (descriptor.mediaType, descriptor.digest.description)
    if type.isIndex {
      let index = try ImageIndex(parsing: bytes, limits: .blob, named: name)
      children = index.entries.map(\.descriptor)
      subject = index.subject
      mediaType = index.mediaType
      missingMembers = index.missingMembers
      artifactType = index.artifactType.map { MediaType(rawValue: $0) }
      repeatedMember = index.repeatedMember
    } else if type.isManifest {
      try read(ImageManifest(parsing: bytes, named: name))
    } else if type.isImageConfig {
      let config = try ImageConfig(parsing: bytes, named: name)
      if type == .imageConfig { missingMembers = config.missingMembers }
      repeatedMember = JSONValue.object(config.json).repeatedMember
    } else {
      let root = try JSONDocument(parsing: bytes, limits: .blob, named: name).root
      if type == .descriptor {
        children = [try Descriptor(json: root)]
      } else if type == .artifactManifest {
        subject = try DocumentChildren.subject(in: bytes, of: descriptor)
        children = try DocumentChildren.descriptors(in: bytes, of: descriptor)
          .dropLast(subject == nil ? 0 : 1)
      } else if bytes != Array("{}".utf8) {
        throw DocumentError(.wrongKind(root.kind, expected: "exactly {}")).named(name)
      }
    }
  }

  private mutating func read(_ manifest: ImageManifest) {
    children = [manifest.config] + manifest.layers
    subject = manifest.subject
    layers = manifest.layers.map(\.digest)
    mediaType = manifest.mediaType
    repeatedMember = JSONValue.object(manifest.json).repeatedMember
    artifactType = manifest.json["artifactType"]?.stringValue.map { MediaType(rawValue: $0) }
    if !manifest.json.isPresent("layers") { missingMembers = ["layers"] }
    // Manifest: "this MUST be set when config.mediaType is set to the empty value".
    if manifest.config.mediaType == .emptyJSON, artifactType?.rawValue.isEmpty ?? true {
      missingMembers.append("artifactType")
    }
    if manifest.config.mediaType.isImageConfig { imageConfig = manifest.config }
  }
}

extension ImageConfig {
  /// Required members that are not there.
  fileprivate var missingMembers: [String] {
    var missing = ["architecture", "os", "rootfs"].filter { !json.isPresent($0) }
    if let rootfs = json["rootfs"]?.objectValue {
      missing += ["type", "diff_ids"].filter { !rootfs.isPresent($0) }.map { "rootfs." + $0 }
    }
    return missing
  }
}
