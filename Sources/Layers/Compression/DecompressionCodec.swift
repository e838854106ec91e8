/// One way to turn compressed bytes into plain ones, a piece at a time.
///
/// A codec holds no input: what it does not consume is offered again. It uses a bounded amount of
/// memory whatever the stream says.
protocol DecompressionCodec {
  /// Consumes some of the input and produces some output.
  ///
  /// - Parameters:
  ///   - input: What comes next.
  ///   - isAll: Whether there can be no more input before some of this is consumed: the stream ends
  ///     here, or as much as ``CompressedInput`` can hold was gathered.
  ///   - output: Where plain bytes go.
  /// - Returns: How many bytes were consumed and produced; both 0 when neither is possible, that
  ///   is, when more input is needed.
  mutating func decode(
    _ input: UnsafeRawBufferPointer, isAll: Bool, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int)

  /// Whether the input may end here.
  ///
  /// - Throws: ``CompressionError/truncated(_:)`` when it may not.
  func finish() throws(CompressionError)
}

/// Passes bytes through unchanged.
struct IdentityCodec: DecompressionCodec {
  func decode(
    _ input: UnsafeRawBufferPointer, isAll: Bool, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int) {
    let count = min(input.count, output.count)
    if count > 0, let source = input.baseAddress {
      output.baseAddress?.copyMemory(from: source, byteCount: count)
    }
    return (count, count)
  }

  func finish() throws(CompressionError) {}
}
