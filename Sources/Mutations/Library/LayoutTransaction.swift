internal import Journal
public import Layers
public import Store

/// What a program does to a layout as one operation; see ``Store/ImageLayout/transaction(by:_:_:)``.
///
/// Each call stages what it makes, without a lock, and sees what the calls before it have made. Nothing is visible
/// to anybody else until all of it is. A call that throws has added nothing.
///
/// Images are named as on the command line: `TAG`, `TAG@{2}` and the like, or `@DIGEST`, of which six digits are
/// enough; what is no such name throws ``ImageReference/Malformed``, and what is no tag
/// ``Store/ReferenceName/Malformed``.
public struct LayoutTransaction: ~Copyable {
  private let context: MutationContext
  private var staging: BatchStaging
  private var steps: [Batch.Step] = []
  /// Told what cannot be stored as it is, in words.
  public var onWarning: (String) -> Void = { _ in }
  /// Asked all the time while a layer is made; what it throws ends the call.
  public var check: () throws -> Void = {}

  init(on stage: any BlobStage, in context: MutationContext) throws {
    self.context = context
    staging = try BatchStaging(on: stage, in: context)
  }

  /// All that was done, to be proposed.
  consuming func batch() -> Batch { Batch(steps, staged: staging) }

  /// The index that the calls so far would leave, if nobody else changes it meanwhile.
  public var index: ImageIndex { staging.index }

  private mutating func apply(
    _ mutation: some Mutation, expecting expectation: Expectation? = nil
  ) throws {
    var step = Batch.Step(place: nil, mutation, expectation: expectation)
    try staging.stage(&step)
    steps.append(step)
  }

  private mutating func addLayer<Change: LayerMutation>(_ mutation: Change) throws -> Descriptor? {
    var mutation = mutation
    mutation.onWarning = onWarning
    mutation.check = check
    try apply(mutation)
    return mutation.findings.layer
  }

  private func source(_ image: String) throws(ImageReference.Malformed) -> ImageSource {
    ImageSource(try ImageReference(parsing: image, now: context.invocation.now()))
  }
}

// MARK: - Tags

extension LayoutTransaction {
  /// Makes a tag stand for an image, whatever it was before.
  ///
  /// - Parameters:
  ///   - tag: The tag.
  ///   - image: The image; looked up again when the layout is locked.
  ///   - expectation: What the tag must be then; nil for anything.
  /// - Throws: ``Store/ReferenceError`` when there is no such image, or more than one.
  ///   ``JournalError/conflict(_:)`` comes from the transaction, when the tag is not what was expected.
  public mutating func setTag(
    _ tag: String, to image: String, expecting expectation: Expectation? = nil
  ) throws {
    try apply(
      SetTag(try ReferenceName(parsing: tag), to: source(image)), expecting: expectation)
  }

  /// Removes a tag, with all its entries; it is no error that there is none.
  ///
  /// Its content stays until gc, and `undo` brings the tag back.
  public mutating func removeTag(
    _ tag: String, expecting expectation: Expectation? = nil
  ) throws {
    try apply(RemoveTag(try ReferenceName(parsing: tag)), expecting: expectation)
  }
}

// MARK: - Images

extension LayoutTransaction {
  /// Makes an image without layers, and a tag for it.
  ///
  /// - Parameters:
  ///   - tag: The tag; what it was before is replaced.
  ///   - platform: What the image runs on.
  public mutating func createImage(_ tag: String, platform: Platform = .host) throws {
    try apply(
      CreateImage(
        try ReferenceName(parsing: tag), created: context.invocation.now(), platform: platform))
  }

  /// Edits the config and the annotations of an image, in this order; never opens a layer.
  ///
  /// - Parameters:
  ///   - image: The image.
  ///   - tag: The tag of the result.
  ///   - edits: What to do.
  ///   - platform: Which image of an index of several platforms.
  ///   - history: What the history of the image tells.
  /// - Throws: ``Store/ReferenceError``, ``ImageError``, and what reading the documents throws.
  ///   ``JournalError/conflict(_:)`` comes from the transaction, when somebody else has moved the tag meanwhile.
  public mutating func editConfig(
    of image: String, as tag: String, _ edits: [ConfigEdit], platform: Platform? = nil,
    history: HistoryPolicy = .entry(.init())
  ) throws {
    try apply(
      EditConfig(
        source(image), platform: platform, to: ReferenceName(parsing: tag), edits: edits,
        history: history))
  }

  /// Adds a finished layer on top of an image; a compressed one is stored byte for byte, unless the settings ask
  /// for something else.
  ///
  /// The bytes are read once, and checked to be a layer that can be unpacked. Memory is constant but for the
  /// pieces that the bytes come in.
  ///
  /// - Parameters:
  ///   - bytes: The layer, a tar.
  ///   - image: The image.
  ///   - tag: The tag of the result.
  ///   - platform: Which image of an index of several platforms.
  ///   - settings: How the layer is stored.
  /// - Returns: The layer.
  /// - Throws: ``Layers/LayerImportError``, what the bytes throw, and as
  ///   ``editConfig(of:as:_:platform:history:)``.
  @discardableResult
  public mutating func addLayer(
    _ bytes: LayerBytes, to image: String, as tag: String, platform: Platform? = nil,
    _ settings: LayerSettings = LayerSettings()
  ) throws -> Descriptor? {
    try addLayer(
      AddLayer(
        bytes,
        LayerAddition(
          source(image), platform: platform, to: ReferenceName(parsing: tag), settings)))
  }

  /// Puts files and folders of this host on top of an image, as one layer.
  ///
  /// - Parameters:
  ///   - content: What to put in.
  ///   - image: The image.
  ///   - tag: The tag of the result.
  ///   - platform: Which image of an index of several platforms.
  ///   - mapping: How owners on this host become owners in the image.
  ///   - settings: How the layer is stored.
  /// - Returns: The layer.
  /// - Throws: ``Layers/LayerGenerationError``, ``Layers/LayerPathError``, and as
  ///   ``editConfig(of:as:_:platform:history:)``.
  @discardableResult
  public mutating func insert(
    _ content: InsertFiles.Content, into image: String, as tag: String, platform: Platform? = nil,
    mapping: OwnershipMapping = .identity, _ settings: LayerSettings = LayerSettings()
  ) throws -> Descriptor? {
    try addLayer(
      InsertFiles(
        content,
        LayerAddition(
          source(image), platform: platform, to: ReferenceName(parsing: tag), settings),
        mapping: mapping))
  }

  /// Adds what has changed in a bundle to the image that it was unpacked from, as one layer.
  ///
  /// With ``RepackBundle/Options/refreshesBundle`` the bundle is based on the result, together with the tag or
  /// not at all, also when the power fails meanwhile.
  ///
  /// - Parameters:
  ///   - bundle: The bundle's path.
  ///   - tag: The tag of the result.
  ///   - settings: How the layer is stored.
  ///   - options: How it is done.
  /// - Returns: The layer; nil when nothing has changed.
  /// - Throws: ``RepackError``, ``Layers/BundleError``, ``Layers/LayerGenerationError``, and system errors.
  ///   ``JournalError/conflict(_:)`` comes from the transaction, when somebody else has moved the tag meanwhile.
  @discardableResult
  public mutating func repack(
    _ bundle: String, as tag: String, _ settings: LayerSettings = LayerSettings(),
    options: RepackBundle.Options = RepackBundle.Options()
  ) throws -> Descriptor? {
    try addLayer(RepackBundle(bundle, to: ReferenceName(parsing: tag), settings, options: options))
  }
}
