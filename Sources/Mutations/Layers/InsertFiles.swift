public import Journal
public import Layers
public import Store

/// Puts files and folders of this host into an image, as one layer; umoci-behaviour §9.1.
public struct InsertFiles: LayerMutation {
  /// What goes into the layer.
  public enum Content: Sendable, Equatable {
    /// Files and folders; with `isOpaque`, what the layers below have at their places is hidden.
    case files([Insertion], isOpaque: Bool)
    /// Paths of the image that are removed.
    case whiteouts([String])
  }

  /// Something on this host, and its place in the image.
  public struct Insertion: Sendable, Equatable {
    /// A path of this host.
    public let source: String
    /// A path of the image.
    public let target: String

    /// Names both.
    public init(source: String, target: String) {
      self.source = source
      self.target = target
    }
  }

  let addition: LayerAddition
  let content: Content
  let mapping: OwnershipMapping
  private var plan: LayerAddition.Plan?
  /// What is known of the layer, once it is staged; its entries only in a dry run.
  public let findings = LayerFindings()
  /// Told how much of the layer there is; the sources are measured first then.
  public var onProgress: ((LayerProgress) -> Void)?
  /// Told what cannot be stored as it is.
  public var onWarning: (String) -> Void = { _ in }
  /// Asked all the time; what it throws ends the work.
  public var check: () throws -> Void = {}

  /// Puts content into an image.
  ///
  /// - Parameters:
  ///   - content: What to put in.
  ///   - addition: The image, the tag, and how the layer is made.
  ///   - mapping: How owners on this host become owners in the image.
  public init(
    _ content: Content, _ addition: LayerAddition, mapping: OwnershipMapping = .identity
  ) {
    self.content = content
    self.addition = addition
    self.mapping = mapping
  }

  /// `insert`.
  public var kind: OperationKind { OperationKind(rawValue: "insert") }

  /// The tag.
  public var destination: String? { addition.tag.rawValue }

  /// A layer, a config and a manifest, and the indexes above them.
  public var stagesBlobs: Bool { true }

  /// Stages the layer and the new documents.
  public mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {
    let places = try places(context.layout)
    let warn = onWarning
    let watch = watching(onProgress == nil || stage.isPreflight ? 0 : size(of: places))
    findings.changes = stage.isDry ? [] : nil
    plan = try addition.stage(
      on: stage, in: context, command: "umoci insert", author: .nobody, findings
    ) { sink, compression, layers in
      let options = LayerOptions(
        compression: compression, mapping: mapping, latestTime: addition.settings.latestTime)
      let generator = try LayerGenerator(
        into: sink, options, warn: { warn($0.description) }, check: watch)
      if let table = try table(of: layers, for: places, context) {
        generator.place = { table.place(of: $0, isFolder: $1) }
      }
      if stage.isDry {
        generator.onEntry = { [findings] in
          findings.changes?.append(RootfsChange(ofLayerEntry: $0))
        }
      }
      for place in places { try add(place, to: generator) }
      return try generator.finish()
    }
  }

  /// What is put where, or removed; nil stands for nothing.
  private typealias Place = (source: SourcePlace?, target: [UInt8])

  /// Looks at all names before anything is done.
  private func places(_ layout: ImageLayout) throws -> [Place] {
    switch content {
    case .whiteouts(let targets):
      return try targets.map { (nil, try LayerPath.removable(Array($0.utf8))) }
    case .files(let insertions, _):
      return try insertions.map { insertion in
        let source = SourcePlace(insertion.source)
        let status: FileStatus
        do throws(SyscallError) { status = try source.status() } catch {
          throw error.isNotFound ? LayerGenerationError.noSource(path: source.path) : error
        }
        if status.kind == .directory {
          try JournalPlace.refuseSource(source.path, for: layout)
        }
        return (source, try LayerPath.clean(Array(insertion.target.utf8)))
      }
    }
  }

  /// The paths of the image, for the links among them; nil when no link can be on the way, or when the
  /// layers cannot be read, which is told.
  private func table(
    of layers: [Descriptor], for places: [Place], _ context: MutationContext
  ) throws -> FileTable? {
    let isAtRoot = places.allSatisfy { place in
      let kind = try? place.source?.status().kind
      return !place.target.contains(UInt8(ascii: "/")) && kind != .directory
    }
    guard !isAtRoot, !layers.isEmpty else { return nil }
    let blobs = StoredBlobs(context.layout, history: context.history)
    let table = try FileTable(spoolDirectory: "/tmp")
    do {
      for layer in layers {
        try FileTable.add(
          layer, try blobs.reader(for: layer), to: [table], hashesContent: false, check: check)
      }
      return table
    } catch let error as any DiagnosableError where error is FileTableError || error is BlobError {
      let reasons = ([error.description] + error.causes).joined(separator: ": ")
      onWarning("links in the image are not followed: \(reasons)")
      return nil
    }
  }

  private func size(of places: [Place]) -> ByteCount {
    places.reduce(0) { $0 + ($1.source?.archiveSize(isRootless: mapping.isRootless) ?? 512) }
  }

  private func add(_ place: Place, to generator: LayerGenerator) throws {
    guard let source = place.source else { return try generator.addWhiteout(of: place.target) }
    if case .files(_, isOpaque: true) = content {
      try generator.addOpaqueMarker(in: place.target)
    }
    try generator.addTree(
      from: source, at: place.target, isRootless: mapping.isRootless)
  }

  /// Proposes the entry, unless somebody has moved the tag since it was planned.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    try addition.propose(plan, on: index, in: context)
  }
}
