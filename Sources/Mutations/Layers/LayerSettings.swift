public import Layers
public import Store

/// What `insert`, `raw add-layer` and `repack` can choose about the layer that they add.
public struct LayerSettings: Sendable {
  /// How the layer is compressed; nil goes on as the image began (umoci-behaviour §1.4, `auto`).
  public var compression: CompressionAlgorithm?
  /// The compression level; nil for the usual one.
  public var level: Int?
  /// Annotations of the layer's descriptor, which win over the program's own.
  public var annotations: Annotations
  /// What the history of the image tells.
  public var history: HistoryPolicy
  /// SOURCE_DATE_EPOCH: when the history entry says it was done, and the latest time of any file;
  /// nil for now, and for leaving times alone.
  public var sourceDate: Timestamp?

  /// Chooses.
  public init(
    compression: CompressionAlgorithm? = nil, level: Int? = nil, annotations: Annotations = [:],
    history: HistoryPolicy = .entry(.init()), sourceDate: Timestamp? = nil
  ) {
    self.compression = compression
    self.level = level
    self.annotations = annotations
    self.history = history
    self.sourceDate = sourceDate
  }

  /// The latest time that a file may have in the layer.
  var latestTime: FileTime? {
    sourceDate.map {
      FileTime(seconds: $0.secondsSinceEpoch, nanoseconds: Int64($0.nanoseconds))
    }
  }

  /// The compression of a new layer on top of others.
  ///
  /// - Throws: ``CompressionLevelError``.
  func compression(on layers: [Descriptor]) throws(CompressionLevelError) -> LayerCompression {
    let algorithm = compression ?? Self.automatic(on: layers)
    guard let level else { return LayerCompression(algorithm) }
    return try LayerCompression(algorithm, level: level)
  }

  /// The compression of the uppermost layer that has one that we know; umoci-behaviour §1.4.
  private static func automatic(on layers: [Descriptor]) -> CompressionAlgorithm {
    for layer in layers.reversed() {
      let suffix = layer.mediaType.compressionSuffix.flatMap(CompressionAlgorithm.init(rawValue:))
      if let suffix, suffix != .none { return suffix }
    }
    return .gzip
  }
}
