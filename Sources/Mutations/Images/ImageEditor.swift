public import Store

/// An image taken apart for editing: its manifest and its config as values, and the way that leads to
/// them; umoci-behaviour §5.3.
///
/// Editing is pure. Layers are never read.
public struct ImageEditor: Sendable {
  /// The way from the entry of index.json to the manifest.
  public let path: DescriptorPath
  /// The manifest as it is so far.
  public var manifest: ImageManifest
  /// The config as it is so far.
  public var config: ImageConfig

  private let original: (manifest: ImageManifest, config: ImageConfig)

  /// Reads the image at the end of a path: two documents.
  ///
  /// - Throws: ``ImageError`` when it is no image, and whatever `read` throws.
  public init(_ path: DescriptorPath, read: DocumentSource) throws {
    self.path = path
    let target = path.target
    guard target.mediaType.isManifest else { throw ImageError.notAnImage(target.mediaType) }
    let bytes = try read(target)
    manifest = try Self.parsing(target) { () throws(DocumentError) in
      try ImageManifest(parsing: bytes, named: "manifest")
    }
    let descriptor = manifest.config
    guard descriptor.mediaType.isImageConfig else {
      throw ImageError.notAnImageConfig(descriptor.mediaType)
    }
    let text = try read(descriptor)
    config = try Self.parsing(descriptor) { () throws(DocumentError) in
      try ImageConfig(parsing: text, named: "config")
    }
    original = (manifest, config)
  }

  private static func parsing<Document>(
    _ descriptor: Descriptor, _ body: () throws(DocumentError) -> Document
  ) throws(ImageError) -> Document {
    do throws(DocumentError) {
      return try body()
    } catch {
      throw .invalidDocument(descriptor.digest, reason: "\(error)")
    }
  }

  /// The manifest's media type, which a manifest without one gets, as umoci gives it.
  private var mediaType: MediaType { path.target.mediaType }

  /// Adds what the specification requires of both documents and is missing; umoci-behaviour §5.4.
  public mutating func addRequiredMembers() {
    config.addRequiredMembers()
    if manifest.mediaType == nil { manifest.setMediaType(mediaType) }
  }

  /// How the config differs from what it was.
  public var configDifference: JSONDifference {
    JSONDifference(from: .object(original.config.json), to: .object(config.json))
  }

  /// How the manifest differs from what it was, but for the descriptor of the config.
  public var manifestDifference: JSONDifference {
    JSONDifference(from: .object(original.manifest.json), to: .object(manifest.json))
  }

  /// Stages config, manifest and every index on the way, each with the new descriptor of the one
  /// below; umoci-behaviour §5.6.
  ///
  /// - Returns: The descriptor for index.json; its annotations and unknown members are those that
  ///   the entry had.
  public func stage(on stage: any BlobStage, read: DocumentSource) throws -> Descriptor {
    try stagePath(on: stage, read: read).entry
  }

  /// Like ``stage(on:read:)``.
  ///
  /// - Returns: The whole way from the new entry to the new manifest.
  func stagePath(on stage: any BlobStage, read: DocumentSource) throws -> DescriptorPath {
    let config = try stage.stage(self.config.serialized(), mediaType: manifest.config.mediaType)
    var manifest = manifest
    manifest.setConfig(try Self.relinked(manifest.config, to: config))
    let staged = try stage.stage(manifest.serialized(), mediaType: mediaType)
    var old = path.target
    var new = old.withDigest(staged.digest, size: staged.size)
    let target = new
    var parents: [Descriptor] = []
    for parent in path.parents.reversed() {
      let bytes = try DocumentChildren.relinked(
        try read(parent), of: parent, from: old.digest, to: new)
      let staged = try stage.stage(bytes, mediaType: parent.mediaType)
      (old, new) = (parent, parent.withDigest(staged.digest, size: staged.size))
      parents.insert(new, at: 0)
    }
    return DescriptorPath(parents: parents, target: target)
  }

  /// The descriptor of a new config: what the old one said about the old content goes.
  private static func relinked(_ old: Descriptor, to new: Descriptor) throws -> Descriptor {
    if old.digest == new.digest { return old }
    var json = old.withDigest(new.digest, size: new.size).json
    for name in ["urls", "annotations", "platform", "artifactType"] { json.remove(name) }
    return try Descriptor(json: json)
  }
}
