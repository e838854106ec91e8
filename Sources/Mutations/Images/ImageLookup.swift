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

  /// The way to the one image that a tag or a digest stands for.
  ///
  /// - Throws: ``ReferenceError`` when there is none or more than one.
  public func path(
    to reference: ImageReference, platform: Platform? = nil
  ) throws -> DescriptorPath {
    try ImageSource(reference).path(in: index, platform: platform, context)
  }

  /// The way to the one image that a tag or a digest stands for, or to the index of one that stands for
  /// several platforms or for none.
  public func pathOrIndex(
    to reference: ImageReference, platform: Platform? = nil
  ) throws -> DescriptorPath {
    guard platform == nil else { return try path(to: reference, platform: platform) }
    let entries = try ImageSource(reference).entries(in: index, context)
    guard let first = entries.first, first.mediaType.isIndex,
      entries.allSatisfy({ $0.digest == first.digest })
    else { return try path(to: reference) }
    let paths = try References.resolve([first], named: "\(reference)", read: context.read)
    return paths.count == 1 ? paths[0] : DescriptorPath(target: first)
  }

  /// What has a digest that begins so, image or not.
  ///
  /// - Throws: ``ReferenceError``, ``BlobError``.
  public func descriptor(of prefix: DigestPrefix) throws -> Descriptor {
    try DigestLookup(context: context, index: index).descriptor(of: prefix)
  }
}
