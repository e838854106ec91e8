internal import Journal
internal import Layers
public import Store

/// What the mutations that add one layer to an image have in common: which image, which tag, and the
/// way from the layer to the index entry.
public struct LayerAddition {
  /// Who the history says did it, unless the user does.
  enum Author {
    /// The author of the image.
    case image
    /// Nobody.
    case nobody
  }

  let source: ImageSource
  let platform: Platform?
  let tag: ReferenceName
  let settings: LayerSettings

  /// What was decided without the lock.
  struct Plan {
    let entry: Descriptor
    /// What the destination was then.
    let destination: [Descriptor]
  }

  /// Adds a layer to an image and sets a tag to the result.
  ///
  /// - Parameters:
  ///   - source: The image.
  ///   - platform: Which image of an index of several platforms.
  ///   - tag: The tag; it is a conflict when somebody else moves it meanwhile.
  ///   - settings: What the user chose about the layer.
  public init(
    _ source: ImageSource, platform: Platform? = nil, to tag: ReferenceName,
    _ settings: LayerSettings
  ) {
    self.source = source
    self.platform = platform
    self.tag = tag
    self.settings = settings
  }

  /// Stages the layer that `generate` writes, and the new documents.
  ///
  /// In a preflight the layer is left out.
  ///
  /// - Parameters:
  ///   - command: What the history says made it, unless the user does.
  ///   - author: Who the history says did it, unless the user does.
  ///   - algorithm: How the blob is compressed; nil for what the settings say.
  ///   - findings: Takes the layer.
  ///   - generate: Writes the blob; it gets the layers below.
  func stage(
    on stage: any BlobStage, in context: MutationContext, command: String, author: Author,
    as algorithm: CompressionAlgorithm? = nil, _ findings: LayerFindings,
    _ generate: (any BlobSink, LayerCompression, _ below: [Descriptor]) throws -> GeneratedLayer
  ) throws -> Plan {
    let index = try context.readIndex()
    let path = try source.path(in: index, platform: platform, context)
    var editor = try ImageEditor(path, read: context.read)
    try editor.requireConsistentLayers()
    let compression = try settings.compression(on: editor.manifest.layers)
    if !stage.isPreflight {
      let type = editor.layerType(algorithm ?? compression.algorithm)
      let (blob, layer) = try stage.stage(mediaType: type) {
        try generate($0, compression, editor.manifest.layers)
      }
      editor.appendLayer(blob, layer, annotations: settings.annotations)
      findings.layer = editor.manifest.layers.last
    }
    let entry = settings.history.entry(
      created: settings.sourceDate ?? context.invocation.now(), createdBy: command,
      author: author == .image ? editor.config.author : nil, isEmptyLayer: false)
    if let entry { editor.config.appendHistory(entry) }
    return Plan(
      entry: try editor.stage(on: stage, read: context.read),
      destination: index.entries(named: tag.rawValue).map(\.descriptor))
  }

  /// Proposes the entry, unless somebody has moved the tag since it was planned.
  func propose(
    _ plan: Plan?, on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    guard let plan else { return .init(edits: []) }
    let edit = context.edit(tag.rawValue, to: plan.entry, on: index)
    try context.requireUnmoved(edit, since: plan.destination)
    return .init(edits: [edit])
  }
}
