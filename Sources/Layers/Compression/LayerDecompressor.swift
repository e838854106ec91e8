/// Gives the tar stream of a layer from its compressed bytes, a buffer at a time.
///
/// The one place that knows which codec reads which algorithm. Memory is the codec's own and, for
/// gzip, some 2 MiB.
final class LayerDecompressor {
  private let input: CompressedInput
  private let windowLog: Int
  private let said: CompressionAlgorithm
  private var isDetected: Bool
  /// How the stream is compressed; known for sure after the first read.
  private(set) var algorithm: CompressionAlgorithm
  private var codec: any DecompressionCodec

  /// Begins a stream; one that is compressed otherwise than is said is read as what it is.
  ///
  /// - Parameters:
  ///   - algorithm: How the stream should be compressed.
  ///   - windowLog: The binary logarithm of the largest zstd window in bytes.
  ///   - pieces: Where the compressed bytes come from.
  /// - Throws: ``CompressionError/outOfMemory(_:)``.
  convenience init(
    _ algorithm: CompressionAlgorithm, windowLog: Int = ZstdCodec.defaultWindowLog,
    pieces: @escaping CompressedInput.Source
  ) throws(CompressionError) {
    self.init(
      algorithm, try Self.codec(algorithm, windowLog), pieces, windowLog: windowLog,
      isDetected: false)
  }

  private static func codec(
    _ algorithm: CompressionAlgorithm, _ windowLog: Int
  ) throws(CompressionError) -> any DecompressionCodec {
    switch algorithm {
    case .none: IdentityCodec()
    case .gzip: try GzipCodec()
    case .zstd: try ZstdCodec(windowLog: windowLog)
    }
  }

  /// Whether the stream is compressed otherwise than was said.
  var mistype: (says: CompressionAlgorithm, is: CompressionAlgorithm)? {
    said == algorithm ? nil : (said, algorithm)
  }

  /// Begins a stream that a certain codec reads.
  init(
    _ algorithm: CompressionAlgorithm, _ codec: any DecompressionCodec,
    _ pieces: @escaping CompressedInput.Source,
    windowLog: Int = ZstdCodec.defaultWindowLog, isDetected: Bool = true
  ) {
    self.algorithm = algorithm
    self.windowLog = windowLog
    self.isDetected = isDetected
    said = algorithm
    self.codec = codec
    input = CompressedInput(pieces)
  }

  /// Begins a stream whose bytes come in a buffer: `source` fills it from its start and says how much
  /// that was; 0 at the end.
  convenience init(
    _ algorithm: CompressionAlgorithm, windowLog: Int = ZstdCodec.defaultWindowLog,
    source: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws(CompressionError) {
    let buffer = PieceBuffer()
    try self.init(algorithm, windowLog: windowLog) {
      let count = try source(buffer.bytes)
      return count == 0 ? nil : UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count])
    }
  }

  /// Fills a buffer with plain bytes, as far as the stream reaches.
  ///
  /// - Returns: The number of bytes; less than the buffer holds only at the end of the stream.
  /// - Throws: ``CompressionError``, or what the source throws.
  func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    if !isDetected { try detect() }
    var filled = 0
    while filled < output.count {
      if input.bytes.isEmpty, !input.isAll { try input.extend() }
      let room = UnsafeMutableRawBufferPointer(rebasing: output[filled...])
      let (consumed, produced) = try codec.decode(input.bytes, isAll: input.isAll, into: room)
      input.consume(consumed)
      filled += produced
      if consumed > 0 || produced > 0 { continue }
      guard input.isAll else {
        try input.extend()
        continue
      }
      guard input.bytes.isEmpty else {
        throw CompressionError.corrupt(algorithm, reason: "it cannot be read any further")
      }
      try codec.finish()
      break
    }
    return filled
  }

  /// Looks at the first bytes whether they are what was said.
  private func detect() throws {
    isDetected = true
    if input.bytes.isEmpty, !input.isAll { try input.extend() }
    guard let actual = CompressionAlgorithm(detecting: input.bytes), actual != algorithm else {
      return
    }
    codec = try Self.codec(actual, windowLog)
    algorithm = actual
  }
}

/// A buffer that lives as long as the closure that uses it.
private final class PieceBuffer {
  let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)

  deinit { bytes.deallocate() }
}
