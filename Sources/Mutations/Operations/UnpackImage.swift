public import Journal
public import Layers
internal import Store

/// Turns an image into a runtime bundle, or into a bare root file system.
///
/// No reference changes, so that the history gets no record; a bundle takes a lease.
public struct UnpackImage {
  /// How it is done.
  public struct Options: Sendable {
    /// How layers are extracted.
    public var extraction: ExtractionOptions
    /// Whether everything is on stable storage at the end.
    public var isDurable: Bool
    /// How the lease is written; nil takes none.
    public var leasing: WritingOptions?

    /// Chooses.
    public init(
      extraction: ExtractionOptions, isDurable: Bool = false, leasing: WritingOptions? = nil
    ) {
      self.extraction = extraction
      self.isDurable = isDurable
      self.leasing = leasing
    }
  }

  /// It was asked to stop, and has left nothing behind.
  public struct Cancelled: Error {}

  let image: SelectedImage
  let context: MutationContext
  let options: Options
  /// Told how far it is: often, and in the thread that writes, so be quick.
  public var onProgress: (ExtractionProgress) -> Void = { _ in }
  /// Told what could not be done as the image has it.
  public var onWarning: (String) -> Void = { _ in }
  /// Told what a bundle will do without.
  public var onNotice: (String) -> Void = { _ in }
  /// Asked all the time.
  public var isCancelled: () -> Bool = { false }

  /// Prepares to unpack.
  public init(_ image: SelectedImage, in context: MutationContext, _ options: Options) {
    self.image = image
    self.context = context
    self.options = options
  }

  /// Makes a bundle (umoci-behaviour §2.2): complete, or not at all.
  ///
  /// - Throws: ``BundleError`` when something is in the way, which stays as it is;
  ///   ``ExtractionError``; ``UserLookupError``; ``Cancelled``; system errors. Nothing is left then.
  public func makeBundle(at path: String) throws {
    try JournalPlace.refuse(path)
    let layers = try layers()
    var hold: LeaseHold?
    do {
      try RuntimeBundle.make(at: path, isDurable: options.isDurable) { bundle in
        hold = takeLease(for: try bundle.resolvedPath())
        return try fill(bundle, layers, path)
      }
    } catch {
      hold.take()?.release()
      throw error
    }
    hold.take()?.keep()
  }

  private func fill(
    _ bundle: RuntimeBundle, _ layers: [LayerSource], _ path: String
  ) throws -> BundleMetadata {
    let mapping = options.extraction.mapping
    let metadata = try BundleMetadata(
      descriptorWalk: image.path.descriptors, mapping: mapping)
    let root = try bundle.makeRootfs()
    let tree = try extract(layers, into: root, spooling: bundle.stagePath)
    let rootfs = bundle.stagedRootfsPath
    let user = try UserLookup(rootfs: rootfs).resolve(image.config.user ?? "")
    try bundle.write(
      RuntimeConfig(
        .init(
          image: image.config, user: user, rootfsPath: rootfs, mapping: mapping,
          resolver: .ofThisHost())))
    let mtree = try bundle.writeMtree(for: metadata.manifestDigest) { file in
      var writer = MtreeWriter(header: header(path))
      try writer.write(tree) { text in
        try checkCancelled()
        try file.write(text)
      }
    }
    try checkCancelled()
    try bundle.writeStatCache(of: tree, isRootless: mapping.isRootless, mtree: mtree)
    return metadata
  }

  private func header(_ path: String) -> MtreeHeader {
    let invocation = context.invocation
    return MtreeHeader(
      user: invocation.userName ?? String(invocation.userID), machine: invocation.hostName,
      tree: path + "/" + RuntimeBundle.rootfsName, time: invocation.now())
  }

  /// Makes a root file system without a bundle (umoci-behaviour §9.3).
  ///
  /// A folder that is there already is extracted into, and keeps what a failure leaves in it; a new
  /// one appears complete or not at all.
  public func makeRootfs(at path: String) throws {
    try JournalPlace.refuse(path)
    let layers = try layers()
    try RootfsDestination.make(at: path, isDurable: options.isDurable) { root in
      _ = try extract(layers, into: root, spooling: root.path)
      try checkCancelled()
    }
  }

  /// The runtime configuration alone (umoci-behaviour §9.4).
  ///
  /// - Parameter rootfs: Where users are looked up; without one, a user that is no number is told
  ///   in a warning and taken for root.
  public func makeConfig(rootfs: String?) throws -> RuntimeConfig {
    let user: ResolvedUser
    if let rootfs {
      user = try UserLookup(rootfs: rootfs).resolve(image.config.user ?? "")
    } else {
      do throws(UserLookupError) {
        user = try UserLookup.empty.resolve(image.config.user ?? "")
      } catch {
        onWarning("\(error); root is used instead, since there is no root file system to look in")
        user = .root
      }
    }
    return try RuntimeConfig(
      .init(
        image: image.config, user: user, rootfsPath: rootfs ?? "",
        mapping: options.extraction.mapping, resolver: .ofThisHost()))
  }
}

// MARK: - Layers

extension UnpackImage {
  private func layers() throws -> [LayerSource] {
    let layers = image.manifest.layers
    let diffIDs = image.config.diffIDs
    guard layers.count == diffIDs.count else {
      throw ImageError.layerCount(manifest: layers.count, config: diffIDs.count)
    }
    let blobs = StoredBlobs(context.layout, history: context.history)
    return try zip(layers, diffIDs).map { layer, diffID in
      try LayerSource(descriptor: layer, diffID: diffID) { try blobs.openUnverified(layer) }
    }
  }

  private func extract(
    _ layers: [LayerSource], into root: OpenDirectory, spooling folder: String
  ) throws -> ExtractedTree {
    var extraction = RootfsExtraction(
      layers: layers, options: options.extraction, spoolDirectory: folder)
    extraction.onProgress = onProgress
    extraction.onWarning = { onWarning($0.description) }
    extraction.isCancelled = isCancelled
    do throws(ExtractionError) {
      return try extraction.run(into: root)
    } catch {
      if case .cancelled = error.reason { throw Cancelled() }
      throw error
    }
  }

  private func checkCancelled() throws { if isCancelled() { throw Cancelled() } }

  /// Takes a lease where that is possible: a bundle without one is a bundle all the same.
  private func takeLease(for bundle: String) -> LeaseHold? {
    guard let leasing = options.leasing else { return nil }
    guard context.layout.isWritable else {
      onNotice("the layout is read-only for you: no lease keeps gc from what a repack will need")
      return nil
    }
    do throws(JournalError) {
      let journal = try OperationJournal(writing: context.layout, context.invocation, leasing)
      return try journal.lease(image.path.target, for: bundle)
    } catch {
      onWarning("no lease keeps gc from what a repack will need: \(error)")
      return nil
    }
  }
}
