/// What is behind a descriptor, for people who look at it: an image, an artifact, an index, or
/// something whose type nobody here knows.
public struct ImageInspection: Sendable {
  /// The document behind the descriptor.
  public enum Document: Sendable {
    /// A manifest, of an image or of an artifact.
    case manifest(ImageManifest)
    /// An index of several manifests.
    case index(ImageIndex)
    /// A blob of another type; it is not read.
    case opaque
  }

  /// What the config of a manifest is.
  public enum Config: Sendable {
    /// The config of an image.
    case image(ImageConfig)
    /// Any other document that is small and at hand: `{}`, or what its descriptor embeds.
    case other([UInt8])
  }

  /// A history entry with the layer that it made.
  public struct HistoryRow: Sendable {
    /// The entry.
    public let entry: HistoryEntry
    /// Its layer; nil for an entry without one, and where layers are missing.
    public let layer: Descriptor?
    /// The layer's diff ID.
    public let diffID: DiffID?
  }

  /// The descriptor, as it was found.
  public let descriptor: Descriptor
  /// What it refers to.
  public let document: Document
  /// The config; nil when this is no manifest, or its config is of an unknown type and elsewhere.
  public let config: Config?

  /// Reads a document and, of a manifest, its config.
  ///
  /// - Throws: ``BlobError`` for a document that is not what its descriptor says, and whatever `read`
  ///   throws.
  public init(_ descriptor: Descriptor, read: DocumentSource) throws {
    self.descriptor = descriptor
    let name = descriptor.digest.description
    if descriptor.mediaType.isManifest {
      let bytes = try read(descriptor)
      let manifest = try Self.parsing(descriptor) {
        try ImageManifest(parsing: bytes, named: name)
      }
      document = .manifest(manifest)
      config = try Self.config(manifest.config, read)
    } else if descriptor.mediaType.isIndex {
      let bytes = try read(descriptor)
      document = .index(
        try Self.parsing(descriptor) {
          try ImageIndex(parsing: bytes, limits: .blob, named: name)
        })
      config = nil
    } else {
      document = .opaque
      config = nil
    }
  }

  private static func config(
    _ descriptor: Descriptor, _ read: DocumentSource
  ) throws -> Config? {
    if descriptor.mediaType.isImageConfig {
      let bytes = try read(descriptor)
      return .image(
        try parsing(descriptor) {
          try ImageConfig(parsing: bytes, named: descriptor.digest.description)
        })
    }
    guard descriptor.mediaType == .emptyJSON || descriptor.base64Data?.isEmpty == false else {
      return nil
    }
    return .other(try read(descriptor))
  }

  private static func parsing<Result>(
    _ descriptor: Descriptor, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch {
      throw BlobError.invalidDocument(descriptor.digest, reason: "\(error)")
    }
  }

  /// The history of an image, oldest first, each entry with its layer; nil when this is no image.
  public var history: [HistoryRow]? {
    guard case .manifest(let manifest) = document, case .image(let config) = config else {
      return nil
    }
    var position = 0
    return config.history.map { entry in
      guard !entry.isEmptyLayer else { return HistoryRow(entry: entry, layer: nil, diffID: nil) }
      defer { position += 1 }
      let layers = manifest.layers.indices
      let diffIDs = config.diffIDs.indices
      return HistoryRow(
        entry: entry, layer: layers.contains(position) ? manifest.layers[position] : nil,
        diffID: diffIDs.contains(position) ? config.diffIDs[position] : nil)
    }
  }
}
