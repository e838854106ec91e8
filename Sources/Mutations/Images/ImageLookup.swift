public import Journal
public import Store

/// Finds and reads images, as they are or as they were: for commands that only look.
public struct ImageLookup {
  /// The layout.
  public let layout: ImageLayout
  /// Its history, if it has one.
  public let history: OperationHistory?
  /// The index that tags are looked up in.
  public let index: ImageIndex
  private let context: MutationContext

  /// Looks at a layout through an index of it, maybe an earlier one.
  public init(
    _ layout: ImageLayout, history: OperationHistory?, index: ImageIndex, _ invocation: Invocation
  ) {
    self.layout = layout
    self.history = history
    self.index = index
    context = MutationContext(layout, history: history, invocation)
  }

  /// The verified bytes of a document, wherever a copy is.
  public func read(_ descriptor: Descriptor) throws -> [UInt8] { try context.read(descriptor) }

  /// The way to the one image that a tag stands for.
  ///
  /// - Throws: ``ReferenceError`` when there is none or more than one.
  public func path(
    to reference: TagReference, platform: Platform? = nil
  ) throws -> DescriptorPath {
    try ImageSource(reference).path(in: index, platform: platform, context)
  }

  /// The way to the one image that a tag stands for, or to the index of a tag that stands for several
  /// platforms or for none.
  public func pathOrIndex(
    to reference: TagReference, platform: Platform? = nil
  ) throws -> DescriptorPath {
    guard platform == nil else { return try path(to: reference, platform: platform) }
    let source = ImageSource(reference)
    let view = try source.view(of: index, context)
    let name = reference.name.rawValue
    let entries = view.entries(named: name)
    guard let only = entries.first?.descriptor, entries.count == 1, only.mediaType.isIndex else {
      return try path(to: reference)
    }
    let paths = try References.resolve(name, in: view, read: context.read)
    return paths.count == 1 ? paths[0] : DescriptorPath(target: only)
  }
}

extension ImageLookup {
  /// A descriptor for a document that is known by its digest alone: its type is what it says, or what
  /// its members are those of.
  ///
  /// - Throws: ``BlobError`` when there is no such blob, or when it is too large for a document.
  public func descriptor(of digest: Digest) throws -> Descriptor {
    let status = try layout.blobs.status(of: digest)
    let copy = status == nil ? try history?.document(digest) : nil
    guard let size = status?.size ?? copy.map({ Int64($0.count) }) else {
      throw BlobError.missing(digest)
    }
    let unknown = Descriptor(
      mediaType: "application/octet-stream", digest: digest, size: size)
    guard size <= Int64(BlobStore.maximumDocumentSize) else { return unknown }
    let bytes = try read(unknown)
    let document = try? JSONDocument(parsing: bytes, limits: .blob, named: "\(digest)")
    guard let root = document?.root.objectValue else { return unknown }
    return Descriptor(mediaType: Self.mediaType(of: root), digest: digest, size: size)
  }

  private static func mediaType(of root: JSONObject) -> MediaType {
    if let type = root["mediaType"]?.stringValue, !type.isEmpty { return MediaType(rawValue: type) }
    if root.contains("layers") { return .imageManifest }
    if root.contains("manifests") { return .imageIndex }
    return root.contains("rootfs") ? .imageConfig : "application/json"
  }
}
