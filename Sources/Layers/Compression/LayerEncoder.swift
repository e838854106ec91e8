internal import Store

/// Turns the plain stream of a layer into the bytes of its blob.
///
/// It lends its own buffers, so that nothing is copied on the way. Memory is bounded, and the bytes
/// depend on the stream alone.
protocol LayerEncoder: AnyObject {
  /// Room for the next bytes of the stream.
  func nextBuffer() throws -> UnsafeMutableRawBufferPointer
  /// Takes what was written to the start of the buffer that ``nextBuffer()`` gave; all of it but for
  /// the last one.
  func commit(_ count: Int) throws
  /// Writes what is left.
  func finish() throws
}

/// Stores the stream as it is.
final class IdentityEncoder: LayerEncoder {
  private let sink: any BlobSink
  private let buffer: UnsafeMutableRawBufferPointer

  init(_ sink: any BlobSink) {
    self.sink = sink
    buffer = .allocate(byteCount: 1 << 20, alignment: 4096)
  }

  deinit { buffer.deallocate() }

  func nextBuffer() -> UnsafeMutableRawBufferPointer { buffer }

  func commit(_ count: Int) throws {
    try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  func finish() {}
}

/// Keeps nothing.
final class DiscardingEncoder: LayerEncoder {
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 1 << 20, alignment: 4096)

  deinit { buffer.deallocate() }

  func nextBuffer() -> UnsafeMutableRawBufferPointer { buffer }
  func commit(_ count: Int) {}
  func finish() {}
}
