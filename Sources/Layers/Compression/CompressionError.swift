/// Why a compressed layer could not be read.
public enum CompressionError: Error, Equatable, Sendable {
  /// The input ended in the middle of a gzip member or a zstd frame.
  case truncated(CompressionAlgorithm)
  /// The input is damaged, or is not of this kind; `reason` is the library's own text.
  case corrupt(CompressionAlgorithm, reason: String)
  /// Something other than NUL padding or a further member follows the compressed data.
  case trailingGarbage(CompressionAlgorithm)
  /// A zstd frame needs a larger window than is allowed; `limit` is in bytes.
  case windowTooLarge(limit: Int)
  /// The library could not get memory.
  case outOfMemory(CompressionAlgorithm)
}

extension CompressionError: CustomStringConvertible {
  /// The failure in one line.
  public var description: String {
    switch self {
    case .truncated(let algorithm): "the \(algorithm) stream is truncated"
    case .corrupt(let algorithm, let reason): "the \(algorithm) stream is damaged: \(reason)"
    case .trailingGarbage(let algorithm): "there is garbage after the \(algorithm) stream"
    case .windowTooLarge(let limit):
      "the zstd stream needs a window of more than \(limit >> 20) MiB"
    case .outOfMemory(let algorithm): "no memory for reading the \(algorithm) stream"
    }
  }
}
