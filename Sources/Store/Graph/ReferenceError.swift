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
  /// The name stands for `total` things, of which `candidates` are the first.
  case ambiguous(name: String, candidates: [Candidate], total: Int)
  /// None of the `total` things that the name stands for runs on the wanted platform.
  case noMatchingPlatform(
    name: String, wanted: Platform, candidates: [Candidate], total: Int)
  /// What is behind the name exceeds a limit that no sensible image comes near.
  case tooComplex(name: String, limit: String)
}

extension ReferenceError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .notFound(let name, _): "tag not found: \(excerpt(of: name))"
    case .leadsNowhere(let name): "tag leads to no image: \(excerpt(of: name))"
    case .ambiguous(let name, _, let total):
      "tag is ambiguous: \(excerpt(of: name)) stands for \(total) images"
    case .noMatchingPlatform(let name, let wanted, _, _):
      "tag has no image for \(excerpt(of: wanted.description)): \(excerpt(of: name))"
    case .tooComplex(let name, _): "tag is too complex: \(excerpt(of: name))"
    }
  }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .notFound, .leadsNowhere, .noMatchingPlatform: .notFound
    case .ambiguous: .usage
    case .tooComplex: .invalidContent
    }
  }

  /// The candidates, one a line, or the limit.
  public var causes: [String] {
    switch self {
    case .notFound: []
    case .leadsNowhere: ["its index has no manifests"]
    case .ambiguous(_, let candidates, let total),
      .noMatchingPlatform(_, _, let candidates, let total):
      candidates.map(\.line) + (total > candidates.count ? ["… of \(total) in all"] : [])
    case .tooComplex(_, let limit): [limit]
    }
  }

  /// What to do about it.
  public var hint: String? {
    switch self {
    case .notFound(_, let similar):
      similar.isEmpty
        ? "`umoci-tx ls` lists the tags"
        : "did you mean " + similar.map { excerpt(of: $0) }.joined(separator: ", ") + "?"
    case .leadsNowhere(let name):
      "tag an image manifest, or remove the tag: `umoci-tx rm --image \(ShellQuoting.quoted("PATH:" + name))`"
    case .ambiguous: "choose one of them by its platform, or tag the one you mean"
    case .noMatchingPlatform: "choose one of the platforms above"
    case .tooComplex(let name, _):
      "another tool wrote it: `umoci-tx rm --image \(ShellQuoting.quoted("PATH:" + name))` removes the tag"
    }
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
