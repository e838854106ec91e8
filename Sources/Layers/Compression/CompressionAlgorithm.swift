/// How the tar stream of a layer is compressed.
public enum CompressionAlgorithm: String, CaseIterable, Sendable, CustomStringConvertible {
  /// Not at all.
  case none
  /// gzip, RFC 1952.
  case gzip
  /// Zstandard, RFC 8878.
  case zstd

  /// The name as media types and options spell it.
  public var description: String { rawValue }
}
