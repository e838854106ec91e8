/// A name that does not stand for exactly one image.
public enum ReferenceError: Error, Sendable, Equatable {
  /// One of the things that an ambiguous name stands for.
  public struct Candidate: Sendable, Equatable {
    /// The digest of the target.
    public let digest: Digest
    /// The media type of the target.
    public let mediaType: MediaType
    /// What the image runs on, where the descriptor or the config says so.
    public let platform: Platform?

    /// Makes a candidate from its parts.
    public init(digest: Digest, mediaType: MediaType, platform: Platform?) {
      self.digest = digest
      self.mediaType = mediaType
      self.platform = platform
    }
  }

  /// No entry has the name; `similar` are a few names that do exist, the nearest first.
  case notFound(name: String, similar: [String])
  /// Entries have the name, but behind them is nothing but empty indexes or bare configs.
  case leadsNowhere(name: String)
  /// The name stands for `total` things, of which `candidates` are the first; `isWholeWelcome` says whether
  /// all of them could have been taken at once.
  case ambiguous(
    name: String, candidates: [Candidate], total: Int, isWholeWelcome: Bool = false)
  /// None of the `total` things that the name stands for runs on the wanted platform.
  case noMatchingPlatform(
    name: String, wanted: Platform, candidates: [Candidate], total: Int)
  /// What is behind the name exceeds a limit that no sensible image comes near.
  case tooComplex(name: String, limit: String)
  /// Nothing has a digest that begins so, or no entry without a tag.
  case noSuchDigest(String, isUntagged: Bool = false)
  /// The digests of several things begin so.
  case ambiguousDigest(String, candidates: [Candidate])
}

extension ReferenceError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .notFound(let name, _): "tag not found: \(excerpt(of: name))"
    case .leadsNowhere(let name): "\(Self.kind(name)) leads to no image: \(excerpt(of: name))"
    case .ambiguous(let name, _, let total, _):
      "\(Self.kind(name)) is ambiguous: \(excerpt(of: name)) stands for \(total) images"
    case .noMatchingPlatform(let name, let wanted, _, _):
      "\(Self.kind(name)) has no image for \(excerpt(of: wanted.description)):"
        + " \(excerpt(of: name))"
    case .tooComplex(let name, _): "\(Self.kind(name)) is too complex: \(excerpt(of: name))"
    case .noSuchDigest(let text, let isUntagged):
      "no digest\(isUntagged ? " of an entry without a tag" : "") begins with \(excerpt(of: text))"
    case .ambiguousDigest(let text, let candidates):
      "\(candidates.count) digests begin with \(excerpt(of: text))"
    }
  }

  /// What an image was named by: no tag begins with `@`.
  private static func kind(_ name: String) -> String { name.hasPrefix("@") ? "digest" : "tag" }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .notFound, .leadsNowhere, .noMatchingPlatform, .noSuchDigest: .notFound
    case .ambiguous, .ambiguousDigest: .usage
    case .tooComplex: .invalidContent
    }
  }

  /// The candidates, one a line, or the limit.
  public var causes: [String] {
    switch self {
    case .notFound, .noSuchDigest: []
    case .ambiguousDigest(_, let candidates): candidates.map(\.line)
    case .leadsNowhere: ["its index has no manifests"]
    case .ambiguous(_, let candidates, let total, _),
      .noMatchingPlatform(_, _, let candidates, let total):
      candidates.map(\.line) + (total > candidates.count ? ["… of \(total) in all"] : [])
    case .tooComplex(_, let limit): [limit]
    }
  }

  /// What to do about it.
  public var remedy: Remedy? {
    switch self {
    case .notFound(_, let similar):
      SimilarNames.question(similar.map { excerpt(of: $0) }).map { Remedy($0) }
        ?? "\(.listTags) lists the tags"
    case .leadsNowhere(let name):
      "tag an image manifest, or remove the tag: \(.removeTag(name))"
    case .ambiguous(_, let candidates, _, let isWholeWelcome):
      Self.choice(among: candidates, isWholeWelcome)
    case .noSuchDigest: "\(.listDigests) shows the digests of all images"
    case .ambiguousDigest: "write more digits"
    case .noMatchingPlatform: "choose one of the platforms above"
    case .tooComplex(let name, _):
      "another tool wrote it: \(.removeTag(name)) removes the tag"
    }
  }
}

extension ReferenceError {
  /// How to name one of several images, or all.
  private static func choice(among candidates: [Candidate], _ isWholeWelcome: Bool) -> Remedy? {
    guard let example = candidates.last else { return nil }
    let digest: Remedy =
      "put the digest of one in the place of the tag: `@\(example.digest.shortForm)`"
    if isWholeWelcome { return "take all with \(.wholeIndex), or \(digest)" }
    let others = candidates.dropLast().map(\.platform)
    guard let platform = example.platform, !others.contains(platform) else { return digest }
    return
      "choose one by its platform: \(.platform(excerpt(of: platform.description))), or \(digest)"
  }
}

extension ReferenceError.Candidate {
  /// The candidate in one line.
  fileprivate var line: String {
    let place = platform.map { excerpt(of: $0.description) } ?? "unknown platform"
    return "\(place)  \(digest.algorithm.name):\(excerpt(of: digest.encoded))  "
      + excerpt(of: mediaType.rawValue)
  }
}
