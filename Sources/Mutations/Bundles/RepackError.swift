public import Store

/// Why a bundle cannot be repacked.
public enum RepackError: Error, Equatable, Sendable {
  /// The layout does not have the image any more that the bundle was unpacked from.
  case imageGone(bundle: String, missing: Digest)
  /// An interrupted repack of the bundle could be neither finished nor taken back.
  case unfinishedRefresh(bundle: String)
}

extension RepackError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .imageGone(let bundle, _):
      "the layout does not have the image that \(bundle) was unpacked from"
    case .unfinishedRefresh(let bundle): "an interrupted repack of \(bundle) is not finished"
    }
  }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .imageGone: .notFound
    case .unfinishedRefresh: .busy
    }
  }

  /// What is behind it.
  public var causes: [String] {
    switch self {
    case .imageGone(_, let missing): ["blob \(missing) is missing"]
    case .unfinishedRefresh: []
    }
  }

  /// What to do about it.
  public var remedy: Remedy? {
    switch self {
    case .imageGone:
      "repack into the layout that it came from, or copy that image into this one first"
    case .unfinishedRefresh:
      "run \(.recover()), which says what is in the way;"
        + " \(.listLeases) lists what waits"
    }
  }
}
