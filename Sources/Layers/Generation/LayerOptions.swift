public import Store

/// How a layer is generated.
public struct LayerOptions: Sendable {
  /// How the stream is compressed.
  public var compression: LayerCompression
  /// How owners on disk become owners in the image.
  public var mapping: OwnershipMapping
  /// Files changed later than this seem to be changed then (SOURCE_DATE_EPOCH); nil leaves them.
  public var latestTime: FileTime?

  /// Chooses.
  public init(
    compression: LayerCompression = LayerCompression(.gzip),
    mapping: OwnershipMapping = .identity, latestTime: FileTime? = nil
  ) {
    self.compression = compression
    self.mapping = mapping
    self.latestTime = latestTime
  }
}

/// How the stream of a layer is compressed.
///
/// The same stream gives the same bytes, whatever the number of threads, with one version of the
/// compressing library.
public struct LayerCompression: Equatable, Sendable {
  /// The algorithm.
  public let algorithm: CompressionAlgorithm
  /// The level, in the range of the algorithm.
  public let level: Int
  /// How many threads compress, of the calling thread apart.
  public var workers: Int

  /// The levels that an algorithm has; none for `none`.
  public static func levels(of algorithm: CompressionAlgorithm) -> ClosedRange<Int>? {
    switch algorithm {
    case .none: nil
    case .gzip: 1...12
    case .zstd: 1...19
    }
  }

  /// Chooses an algorithm and a level, which is brought into its range; nil for the usual one.
  public init(_ algorithm: CompressionAlgorithm, level: Int? = nil, workers: Int = 2) {
    self.algorithm = algorithm
    let usual = algorithm == .gzip ? 4 : 3
    let range = Self.levels(of: algorithm) ?? 0...0
    self.level = min(max(level ?? usual, range.lowerBound), range.upperBound)
    self.workers = min(max(workers, 1), 16)
  }
}
