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
    var search = PathSearch(name: name)
    return try search.paths(from: index.entries(named: name).map(\.descriptor), read: read)
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
    let paths = try resolve(name, in: index, read: read)
    guard let first = paths.first else {
      guard index.entries(named: name).isEmpty else {
        throw ReferenceError.leadsNowhere(name: name)
      }
      throw ReferenceError.notFound(
        name: name, similar: SimilarNames.find(name, among: index.referenceNames))
    }
    guard let platform else {
      guard paths.count == 1 else { throw ambiguous(name, paths, read) }
      return first
    }
    return try choose(platform, for: name, from: paths, read)
  }

  /// The greatest number of candidates that an error lists.
  static let listedCandidates = 20

  private static func choose(
    _ platform: Platform, for name: String, from paths: [DescriptorPath], _ read: DocumentSource
  ) throws -> DescriptorPath {
    var lookup = PlatformLookup()
    let matching = paths.filter { lookup.platform(of: $0.target, read)?.matches(platform) == true }
    if let only = matching.first, matching.count == 1 { return only }
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
