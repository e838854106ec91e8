/// What is compared of the config of an image.
struct ConfigFacts {
  /// The platform.
  let platform: Platform
  /// How many diff IDs it has.
  let diffIDCount: Int
  /// The diff IDs; none when there are too many in all to be held.
  var diffIDs: [DiffID]
  /// How many layers the history tells of; nil without a history.
  let historyLayers: Int?

  init?(_ bytes: [UInt8], named name: String) {
    guard let config = try? ImageConfig(parsing: bytes, named: name) else { return nil }
    platform = config.platform
    diffIDs = config.diffIDs
    diffIDCount = diffIDs.count
    historyLayers =
      config.history.isEmpty ? nil : config.history.count { !$0.isEmptyLayer }
  }
}

/// The facts of configs that were read: a config is parsed once, however many manifests share it.
///
/// Memory is bounded for any input.
struct ConfigFactsCache {
  /// The most diff IDs that are held, and the most claims about platforms.
  static let limit = 1 << 20

  private var facts: [Digest: ConfigFacts?] = [:]
  private var configs: [Digest: Digest] = [:]
  private var diffIDCount = 0

  /// The facts of a config; nil when it cannot be read.
  mutating func facts(
    of config: Descriptor, read: (Descriptor) -> [UInt8]?
  ) -> ConfigFacts? {
    if let known = facts[config.digest] { return known }
    var found = read(config).flatMap { ConfigFacts($0, named: config.digest.description) }
    if let count = found?.diffIDs.count {
      if diffIDCount + count > Self.limit { found?.diffIDs = [] } else { diffIDCount += count }
    }
    facts[config.digest] = .some(found)
    return found
  }

  /// Remembers which config a manifest has.
  mutating func remember(_ config: Descriptor, of manifest: Digest) {
    configs[manifest] = config.digest
  }

  /// The platform of the image that a manifest describes, as its config has it.
  func platform(ofManifest digest: Digest) -> Platform? {
    configs[digest].flatMap { facts[$0] ?? nil }?.platform
  }
}
