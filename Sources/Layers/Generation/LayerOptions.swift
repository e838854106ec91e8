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
  /// The level, in the range of the algorithm; nil for the usual one, which for gzip depends on the
  /// content (``GzipLevel``).
  public let level: Int?
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

  /// Chooses an algorithm and its usual level.
  public init(_ algorithm: CompressionAlgorithm, workers: Int = 2) {
    self.algorithm = algorithm
    self.workers = min(max(workers, 1), 16)
    level = nil
  }

  /// Chooses an algorithm and a level.
  ///
  /// - Throws: ``CompressionLevelError`` for a level that the algorithm does not have.
  public init(
    _ algorithm: CompressionAlgorithm, level: Int, workers: Int = 2
  ) throws(CompressionLevelError) {
    guard let levels = Self.levels(of: algorithm), levels.contains(level) else {
      throw CompressionLevelError(level: level, algorithm: algorithm)
    }
    self.algorithm = algorithm
    self.level = level
    self.workers = min(max(workers, 1), 16)
  }
}

/// A compression level that an algorithm does not have.
public struct CompressionLevelError: DiagnosableError, Equatable, Sendable {
  /// The level.
  public let level: Int
  /// The algorithm.
  public let algorithm: CompressionAlgorithm

  /// What failed, in one line.
  public var description: String { "\(algorithm) has no level \(level)" }
  /// It is part of the command line.
  public var category: FailureCategory { .usage }
  /// There is no deeper cause.
  public var causes: [String] { [] }
  /// What the user can do about it.
  public var remedy: Remedy? {
    guard let levels = LayerCompression.levels(of: algorithm) else {
      return "leave \(.compressionLevel) out: without compression there are no levels"
    }
    return
      "\(.compressionLevel) goes from \(levels.lowerBound) to \(levels.upperBound) for \(algorithm)"
  }
}
