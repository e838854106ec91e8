public import Journal
internal import Layers
public import Store

/// Adds what has changed in the root file system of a bundle to its image, as one layer
/// (umoci-behaviour §2.7).
///
/// The image is the one that the bundle was unpacked from, whatever has become of its tag.
public struct RepackBundle: LayerMutation {
  /// How it is done.
  public struct Options: Sendable {
    /// Paths whose changes stay out of the layer.
    public var masks: [String] = []
    /// Whether the volumes of the image are masked too.
    public var masksVolumes = true
    /// Whether every file is read, whatever the stat cache says.
    public var isFull = false
    /// Whether the bundle is based on the new image afterwards.
    public var refreshesBundle = false
    /// How what is written to the bundle is synced.
    public var durability = Durability.full

    /// The usual way.
    public init() {}
  }

  let bundle: String
  let tag: ReferenceName
  let settings: LayerSettings
  let options: Options
  /// What was found, once it is staged.
  public let findings = LayerFindings()
  /// Told how much of the bundle was compared, and of the layer stored.
  public var onProgress: ((LayerProgress) -> Void)?
  /// Told what cannot be stored as it is.
  public var onWarning: (String) -> Void = { _ in }
  /// Asked all the time; what it throws ends the work.
  public var check: () throws -> Void = {}
  private var plan: Plan?

  /// What was decided without the lock.
  private struct Plan {
    let entry: Descriptor
    /// What the destination was then.
    let destination: [Descriptor]
    let refresh: BundleRefresh?
    let stage: RefreshStage?
    let path: String
  }

  /// Repacks a bundle and sets a tag to the result.
  ///
  /// - Parameters:
  ///   - bundle: The bundle's path.
  ///   - tag: The tag; it is a conflict when somebody else moves it meanwhile.
  ///   - settings: What the user chose about the layer.
  ///   - options: How it is done.
  public init(
    _ bundle: String, to tag: ReferenceName, _ settings: LayerSettings,
    options: Options = Options()
  ) {
    self.bundle = bundle
    self.tag = tag
    self.settings = settings
    self.options = options
  }

  /// `repack`.
  public var kind: OperationKind { OperationKind(rawValue: "repack") }

  /// The tag.
  public var destination: String? { tag.rawValue }

  /// A layer, a config and a manifest, and the indexes above them.
  public var stagesBlobs: Bool { true }

  /// Stages the layer and the new documents, and the new files of the bundle.
  public mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {
    try JournalPlace.refuse(bundle)
    let folder = try open()
    let refresh = try refreshStage(in: folder, stage, context)
    let metadata = try readMetadata()
    let index = try context.readIndex()
    var editor = try editor(metadata, context)
    // Also when it turns out that no layer is needed, what was asked for must make sense.
    let compression = try settings.compression(on: editor.manifest.layers)
    let survey = try BundleSurvey(folder, metadata, check: watchingSurvey())
    if !stage.isPreflight {
      let changes = try look(at: survey, of: folder, editor.config, refresh, context)
      if changes.isEmpty {
        editor.addRequiredMembers()
      } else {
        try addLayer(of: changes, to: &editor, compression, metadata, folder, stage)
      }
    }
    let entry = settings.history.entry(
      created: settings.sourceDate ?? context.invocation.now(), createdBy: "umoci repack",
      author: editor.config.author, isEmptyLayer: findings.layer == nil)
    if let entry { editor.config.appendHistory(entry) }
    let path = try editor.stagePath(on: stage, read: context.read)
    plan = Plan(
      entry: path.entry, destination: index.entries(named: tag.rawValue).map(\.descriptor),
      refresh: try refresh.map {
        try finish($0, metadata, path, folder, context.invocation)
      }, stage: refresh,
      path: try folder.resolvedPath())
  }

  /// Proposes the entry, unless somebody has moved the tag since it was planned.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    guard let plan else { return .init(edits: []) }
    let edit = context.edit(tag.rawValue, to: plan.entry, on: index)
    try context.requireUnmoved(edit, since: plan.destination)
    // What is only planned may come to nothing.
    if context.plannedIndex == nil { plan.stage?.handOver() }
    return .init(
      edits: [edit], details: ["bundle": JSONValue(plan.path)],
      refreshes: plan.refresh.map { [$0] } ?? [])
  }
}

// MARK: - The image

extension RepackBundle {
  private func editor(
    _ metadata: BundleMetadata, _ context: MutationContext
  ) throws -> ImageEditor {
    let walk = metadata.descriptorWalk
    let path = DescriptorPath(
      parents: Array(walk.dropLast()), target: walk[walk.count - 1])
    do {
      return try ImageEditor(path, read: context.read)
    } catch BlobError.missing(let digest) {
      throw RepackError.imageGone(bundle: bundle, missing: digest)
    }
  }

  private func addLayer(
    of changes: [RootfsChange], to editor: inout ImageEditor, _ compression: LayerCompression,
    _ metadata: BundleMetadata, _ folder: OpenDirectory, _ stage: any BlobStage
  ) throws {
    try editor.requireConsistentLayers()
    let warn = onWarning
    let watch = watching(changes.reduce(0) { $0 + ByteCount($1.size) + 1024 })
    let (blob, layer) = try stage.stage(mediaType: editor.layerType(compression.algorithm)) {
      let generator = try LayerGenerator(
        into: $0,
        LayerOptions(
          compression: compression, mapping: metadata.mapping, latestTime: settings.latestTime),
        warn: { warn($0.description) }, check: watch)
      try generator.add(
        changes, of: folder.path(of: RuntimeBundle.rootfsName),
        isRootless: metadata.mapping.isRootless)
      return try generator.finish()
    }
    editor.appendLayer(blob, layer, annotations: settings.annotations)
    findings.layer = editor.manifest.layers.last
  }
}

// MARK: - The bundle

extension RepackBundle {
  private func open() throws -> OpenDirectory {
    do throws(SyscallError) {
      return try OpenDirectory.open(bundle)
    } catch {
      throw error.isNotFound ? BundleError.absent(path: bundle) : error
    }
  }

  private func readMetadata() throws -> BundleMetadata {
    do {
      return try BundleMetadata.read(bundle: bundle)
    } catch let error as SyscallError where error.isNotFound || error.isLinkLoop {
      throw BundleError.incomplete(path: error.path)
    }
  }

  private func look(
    at survey: BundleSurvey, of folder: OpenDirectory, _ config: ImageConfig,
    _ stage: RefreshStage?,
    _ context: MutationContext
  ) throws -> [RootfsChange] {
    let invocation = context.invocation
    let header = MtreeHeader(
      user: invocation.userName ?? String(invocation.userID), machine: invocation.hostName,
      tree: bundle + "/" + RuntimeBundle.rootfsName, time: invocation.now())
    let found = try survey.run(isFull: options.isFull, recordingTo: stage, header: header)
    let volumes = options.masksVolumes ? config.volumes : []
    let needed = RootfsChange.needed(
      of: found.changes, masks: PathMasks(options.masks + volumes))
    let changes = needed.filter { change in
      guard change.fileKind == .socket, change.kind == .added else { return true }
      let path =
        folder.path(of: RuntimeBundle.rootfsName) + "/"
        + String(decoding: change.path, as: UTF8.self)
      onWarning(LayerWarning.socket(path: path).description)
      return false
    }
    findings.changes = changes
    findings.reason = found.reason
    return changes
  }

  private func watchingSurvey() -> (Int) throws -> Void {
    let (check, tell) = (check, onProgress)
    return { files in
      try check()
      tell?(.compared(files: files))
    }
  }

  /// The place for the new files of a bundle that is to be refreshed.
  private func refreshStage(
    in folder: OpenDirectory, _ stage: any BlobStage, _ context: MutationContext
  ) throws -> RefreshStage? {
    if stage.isDry { return nil }
    let name = BundleRefresh.stageName
    if try RefreshStage.isAbandoned(in: folder, named: name) {
      // Somebody died over it: what the bundle is based on may be still to be decided.
      _ = try OperationJournal(
        writing: context.layout, context.invocation,
        WritingOptions(durability: options.durability)
      ).recover()
      try context.requireNoPendingRefresh(of: folder.resolvedPath())
    }
    return options.refreshesBundle ? try RefreshStage(in: folder, named: name) : nil
  }

  private func finish(
    _ stage: RefreshStage, _ old: BundleMetadata, _ path: DescriptorPath, _ folder: OpenDirectory,
    _ invocation: Invocation
  ) throws -> BundleRefresh {
    var walk = path.descriptors
    walk[0] = walk[0].settingAnnotation(Annotations.referenceName, to: tag.rawValue)
    let metadata = try BundleMetadata(descriptorWalk: walk, mapping: old.mapping)
    let files = try stage.finish(metadata, options.durability)
    let bundle = try folder.resolvedPath()
    return BundleRefresh(
      bundle: bundle, base: old.manifestDigest, manifest: path.target,
      files: files.map {
        BundleRefresh.File(stagedName: $0.stagedName, name: $0.name, digest: $0.digest)
      },
      obsolete: old.mtreeFileName == metadata.mtreeFileName ? nil : old.mtreeFileName,
      place: BundlePlace(of: bundle, on: invocation.machineID))
  }
}

extension MutationContext {
  /// Refuses a bundle of which it is still open what it is based on.
  fileprivate func requireNoPendingRefresh(of bundle: String) throws {
    let history = try OperationHistory.open(layout)
    if try history?.hasPendingRefresh(of: bundle, on: invocation.machineID) == true {
      throw RepackError.unfinishedRefresh(bundle: bundle)
    }
  }
}
