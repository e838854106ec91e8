/// Gives the tar stream of a layer from its compressed bytes, a buffer at a time.
///
/// The one place that knows which codec reads which algorithm. Memory is one input buffer and the
/// codec's own.
final class LayerDecompressor {
  /// Where compressed bytes come from: fills a buffer from its start and says how much; 0 at the end.
  typealias Source = (UnsafeMutableRawBufferPointer) throws -> Int

  private let source: Source
  private let algorithm: CompressionAlgorithm
  private var codec: any DecompressionCodec
  private let buffer: UnsafeMutableRawBufferPointer
  private var pending: Range<Int> = 0..<0
  private var isAtEnd = false

  /// Begins a stream.
  ///
  /// - Parameters:
  ///   - algorithm: How the stream is compressed.
  ///   - windowLog: The binary logarithm of the largest zstd window in bytes.
  ///   - source: Where the compressed bytes come from.
  /// - Throws: ``CompressionError/outOfMemory(_:)``.
  init(
    _ algorithm: CompressionAlgorithm, windowLog: Int = ZstdCodec.defaultWindowLog,
    source: @escaping Source
  ) throws(CompressionError) {
    switch algorithm {
    case .none: codec = IdentityCodec()
    case .gzip: codec = try GzipCodec()
    case .zstd: codec = try ZstdCodec(windowLog: windowLog)
    }
    self.source = source
    self.algorithm = algorithm
    buffer = .allocate(byteCount: 1 << 18, alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// Fills a buffer with plain bytes, as far as the stream reaches.
  ///
  /// - Returns: The number of bytes; less than the buffer holds only at the end of the stream.
  /// - Throws: ``CompressionError``, or what the source throws.
  func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < output.count {
      if pending.isEmpty, !isAtEnd { try refill() }
      let input = UnsafeRawBufferPointer(rebasing: buffer[pending])
      let room = UnsafeMutableRawBufferPointer(rebasing: output[filled...])
      let (consumed, produced) = try codec.decode(input, into: room)
      pending = pending.lowerBound + consumed..<pending.upperBound
      filled += produced
      if consumed > 0 || produced > 0 { continue }
      guard pending.isEmpty else {
        throw CompressionError.corrupt(algorithm, reason: "it cannot be read any further")
      }
      if isAtEnd {
        try codec.finish()
        break
      }
    }
    return filled
  }

  private func refill() throws {
    let count = try source(buffer)
    pending = 0..<count
    isAtEnd = count == 0
  }
}
