/// One way to turn compressed bytes into plain ones, a piece at a time.
///
/// A codec holds no input: what it does not consume is offered again. It uses a bounded amount of
/// memory whatever the stream says.
protocol DecompressionCodec {
  /// Consumes some of the input and produces some output.
  ///
  /// - Returns: How many bytes were consumed and produced; both 0 when neither is possible, that
  ///   is, when more input is needed.
  mutating func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int)

  /// Whether the input may end here.
  ///
  /// - Throws: ``CompressionError/truncated(_:)`` when it may not.
  func finish() throws(CompressionError)
}

/// Passes bytes through unchanged.
struct IdentityCodec: DecompressionCodec {
  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int) {
    let count = min(input.count, output.count)
    if count > 0, let source = input.baseAddress {
      output.baseAddress?.copyMemory(from: source, byteCount: count)
    }
    return (count, count)
  }

  func finish() throws(CompressionError) {}
}
