/// How one image differs from another: documents, history entries and layers.
///
/// Of two indexes the images are compared platform by platform.
public struct ImageDifference: Sendable {
  /// What was there; nil when it is new.
  public let before: ImageInspection?
  /// What is there; nil when it is gone.
  public let after: ImageInspection?
  /// The config without its history and its diff IDs.
  public let config: JSONDifference
  /// The manifest or the index without its layers, its config and its manifests; annotations above
  /// all.
  public let manifest: JSONDifference
  /// The history entries that only the first image has, behind what both begin with.
  public let removedHistory: [HistoryEntry]
  /// The history entries that only the second image has.
  public let addedHistory: [HistoryEntry]
  /// The layers.
  public let layers: LayerDifference
  /// The images of two indexes that differ, by platform or else by digest.
  public let platforms: [(name: String, difference: ImageDifference)]

  /// The deepest nesting of indexes that is compared.
  private static let maximumDepth = 8
  /// The most images of an index that are compared.
  private static let maximumImages = 256

  /// Compares what two descriptors refer to; nil stands for nothing.
  ///
  /// Reads documents only.
  public init(
    from before: Descriptor?, to after: Descriptor?, read: DocumentSource
  ) throws {
    try self.init(from: before, to: after, depth: 0, read: read)
  }

  private init(
    from before: Descriptor?, to after: Descriptor?, depth: Int, read: DocumentSource
  ) throws {
    let (old, new) = (
      try before.map { try ImageInspection($0, read: read) },
      try after.map { try ImageInspection($0, read: read) }
    )
    self.before = old
    self.after = new
    config = JSONDifference(from: old?.comparableConfig, to: new?.comparableConfig)
    manifest = JSONDifference(from: old?.comparableDocument, to: new?.comparableDocument)
    let (first, second) = (old?.historyEntries ?? [], new?.historyEntries ?? [])
    let common = zip(first, second).prefix { $0 == $1 }.count
    removedHistory = Array(first.dropFirst(common))
    addedHistory = Array(second.dropFirst(common))
    layers = LayerDifference(from: old?.layers ?? [], to: new?.layers ?? [])
    platforms = try Self.platforms(old, new, depth, read)
  }

  /// Whether both are the same but for the spelling of their documents.
  public var isEmpty: Bool {
    (before == nil) == (after == nil) && config.isEmpty && manifest.isEmpty
      && removedHistory.isEmpty && addedHistory.isEmpty && layers.isEmpty && platforms.isEmpty
      && (before?.descriptor.digest == after?.descriptor.digest || isComparable)
  }

  /// Whether this program knows what is behind both descriptors.
  private var isComparable: Bool {
    guard let before, let after else { return false }
    switch (before.document, after.document) {
    case (.manifest(let old), .manifest(let new)):
      // Configs that were not read are compared by their digests.
      return before.config != nil && after.config != nil || old.config.digest == new.config.digest
    case (.index, .index): return true
    default: return false
    }
  }

  private static func platforms(
    _ before: ImageInspection?, _ after: ImageInspection?, _ depth: Int, _ read: DocumentSource
  ) throws -> [(name: String, difference: ImageDifference)] {
    guard depth < maximumDepth else { return [] }
    let (old, new) = (before?.namedManifests ?? [], after?.namedManifests ?? [])
    var result: [(name: String, difference: ImageDifference)] = []
    let oldNames = Set(old.map { ExactText($0.name) })
    let names = old.map(\.name) + new.map(\.name).filter { !oldNames.contains(ExactText($0)) }
    for name in names.prefix(maximumImages) {
      let left = old.first { $0.name == name }?.descriptor
      let right = new.first { $0.name == name }?.descriptor
      if left?.digest == right?.digest { continue }
      let difference = try ImageDifference(from: left, to: right, depth: depth + 1, read: read)
      result.append((name, difference))
    }
    return result
  }
}

extension ImageInspection {
  /// The config but for what is compared on its own.
  fileprivate var comparableConfig: JSONValue? {
    switch config {
    case .image(let config):
      var json = config.json
      json.remove("history")
      json.remove("rootfs")
      return .object(json)
    case .other(let bytes):
      return try? JSONDocument(parsing: bytes, limits: .blob, named: "config").root
    case nil: return nil
    }
  }

  /// The document but for what is compared on its own.
  fileprivate var comparableDocument: JSONValue? {
    switch document {
    case .manifest(let manifest):
      var json = manifest.json
      for name in ["config", "layers"] { json.remove(name) }
      return .object(json)
    case .index(let index):
      guard
        var json = try? JSONDocument(
          parsing: index.serialized(), limits: .blob, named: "index"
        ).root.objectValue
      else { return nil }
      json.remove("manifests")
      return .object(json)
    case .opaque: return nil
    }
  }

  fileprivate var historyEntries: [HistoryEntry] {
    if case .image(let config) = config { config.history } else { [] }
  }

  /// The layers with their diff IDs, as far as there are any.
  fileprivate var layers: [LayerDifference.Layer] {
    guard case .manifest(let manifest) = document else { return [] }
    var diffIDs: [DiffID] = []
    if case .image(let config) = config { diffIDs = config.diffIDs }
    return manifest.layers.enumerated().map { number, descriptor in
      .init(
        descriptor: descriptor,
        diffID: diffIDs.indices.contains(number) ? diffIDs[number] : nil)
    }
  }

  /// The entries of an index, by platform, numbered where several have the same one.
  fileprivate var namedManifests: [(name: String, descriptor: Descriptor)] {
    guard case .index(let index) = document else { return [] }
    var seen: [ExactText: Int] = [:]
    return index.entries.map { entry in
      let base = entry.descriptor.platform?.description ?? "no platform"
      let number = seen[ExactText(base), default: 0] + 1
      seen[ExactText(base)] = number
      return (number == 1 ? base : "\(base) (\(number))", entry.descriptor)
    }
  }
}

/// Which layers two images have in common.
public struct LayerDifference: Sendable {
  /// A layer of an image.
  public struct Layer: Sendable {
    /// Its descriptor.
    public let descriptor: Descriptor
    /// Its diff ID, when the config tells.
    public let diffID: DiffID?
  }

  /// How many layers both have.
  public let commonCount: Int
  /// Those that only the first image has, lowest first.
  public let removed: [Layer]
  /// Those that only the second image has.
  public let added: [Layer]

  /// Compares by the digests of the blobs.
  init(from before: [Layer], to after: [Layer]) {
    let old = Set(before.map(\.descriptor.digest))
    let new = Set(after.map(\.descriptor.digest))
    removed = before.filter { !new.contains($0.descriptor.digest) }
    added = after.filter { !old.contains($0.descriptor.digest) }
    commonCount = after.count - added.count
    isReordered =
      removed.isEmpty && added.isEmpty
      && before.map(\.descriptor.digest) != after.map(\.descriptor.digest)
  }

  /// Whether both have the same layers in another order, or another number of times.
  public let isReordered: Bool

  /// Whether both have the same layers.
  public var isEmpty: Bool { removed.isEmpty && added.isEmpty && !isReordered }

  /// Whether a layer that was added is one that was removed, compressed anew.
  public func isRecompressed(_ layer: Layer) -> Bool {
    guard let diffID = layer.diffID else { return false }
    return removed.contains { $0.diffID == diffID }
  }
}
