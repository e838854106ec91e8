/// Gives the verified bytes of a document, from the layout's blobs or from a copy elsewhere.
public typealias DocumentSource = (Descriptor) throws -> [UInt8]

/// Finds out what a name in an index stands for; umoci-behaviour §5.2.
///
/// OCI's and Docker's indexes are walked through, and so are descriptor documents. Manifests, and
/// blobs of types that nobody here knows, are what a name stands for.
public enum References {
  /// Finds everything that a name stands for, in the order of the documents.
  ///
  /// Nothing is filtered and nothing is merged: a manifest that is listed twice is found twice.
  /// A document that is reached on several ways is read once.
  ///
  /// - Returns: The paths; none when no entry has the name, or when its indexes are empty.
  /// - Throws: ``ReferenceError/tooComplex(name:limit:)`` within bounded time and memory,
  ///   ``BlobError`` for a document that is not what it should be, and whatever `read` throws.
  public static func resolve(
    _ name: String, in index: ImageIndex, read: DocumentSource
  ) throws -> [DescriptorPath] {
    try resolve(index.entries(named: name).map(\.descriptor), named: name, read: read)
  }

  /// Finds everything that entries lead to, like ``resolve(_:in:read:)``.
  ///
  /// - Parameter name: What stands in errors.
  public static func resolve(
    _ entries: [Descriptor], named name: String, read: DocumentSource
  ) throws -> [DescriptorPath] {
    var search = PathSearch(name: name)
    return try search.paths(from: entries, read: read)
  }

  /// Finds the one thing that a name stands for.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - index: Where it is looked up.
  ///   - platform: Take the one image that runs on this platform; nil takes any.
  ///   - read: Gives the documents behind the entries.
  /// - Returns: The path to it.
  /// - Throws: ``ReferenceError`` when there is none or more than one, and what
  ///   ``resolve(_:in:read:)`` throws.
  public static func resolveOne(
    _ name: String, in index: ImageIndex, platform: Platform? = nil, read: DocumentSource
  ) throws -> DescriptorPath {
    try resolveOne(
      index.requiredEntries(named: name), named: name, platform: platform, read: read)
  }

  /// Finds the one thing that entries lead to, like ``resolveOne(_:in:platform:read:)``: the same
  /// digest on several ways is one thing.
  public static func resolveOne(
    _ entries: [Descriptor], named name: String, platform: Platform? = nil, read: DocumentSource
  ) throws -> DescriptorPath {
    let paths = try resolve(entries, named: name, read: read)
    guard !paths.isEmpty else { throw ReferenceError.leadsNowhere(name: name) }
    if let platform { return try choose(platform, for: name, from: paths, read) }
    let different = differing(paths)
    guard different.count == 1 else { throw ambiguous(name, different, read) }
    return different[0]
  }

  /// Of several ways to one target the first.
  private static func differing(_ paths: [DescriptorPath]) -> [DescriptorPath] {
    var seen: Set<Digest> = []
    return paths.filter { seen.insert($0.target.digest).inserted }
  }

  /// The greatest number of candidates that an error lists.
  static let listedCandidates = 20

  private static func choose(
    _ platform: Platform, for name: String, from paths: [DescriptorPath], _ read: DocumentSource
  ) throws -> DescriptorPath {
    var lookup = PlatformLookup()
    var (matching, exact): ([DescriptorPath], [DescriptorPath]) = ([], [])
    for path in paths {
      guard let own = lookup.platform(of: path.target, read), own.matches(platform) else {
        continue
      }
      matching.append(path)
      if own.isExactly(platform) { exact.append(path) }
    }
    matching = differing(exact.isEmpty ? matching : exact)
    if matching.count == 1 { return matching[0] }
    guard matching.isEmpty else { throw ambiguous(name, matching, read) }
    throw ReferenceError.noMatchingPlatform(
      name: name, wanted: platform, candidates: candidates(paths, read), total: paths.count)
  }

  private static func ambiguous(
    _ name: String, _ paths: [DescriptorPath], _ read: DocumentSource
  ) -> ReferenceError {
    .ambiguous(name: name, candidates: candidates(paths, read), total: paths.count)
  }

  private static func candidates(
    _ paths: [DescriptorPath], _ read: DocumentSource
  ) -> [ReferenceError.Candidate] {
    var lookup = PlatformLookup()
    return paths.prefix(listedCandidates).map { path in
      ReferenceError.Candidate(
        digest: path.target.digest, mediaType: path.target.mediaType,
        platform: lookup.platform(of: path.target, read))
    }
  }
}

extension ImageIndex {
  /// The descriptors of that name, at least one.
  ///
  /// - Throws: ``ReferenceError/notFound(name:similar:)``.
  package func requiredEntries(named name: String) throws(ReferenceError) -> [Descriptor] {
    let entries = entries(named: name).map(\.descriptor)
    guard entries.isEmpty else { return entries }
    throw .notFound(name: name, similar: SimilarNames.find(name, among: referenceNames))
  }
}
