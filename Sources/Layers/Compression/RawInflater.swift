internal import CZlib

/// Inflates raw deflate streams with zlib (RFC 1951), one after the other.
///
/// About 50 KB of memory. What wraps the streams, and their check sums, are the caller's.
final class RawInflater {
  private let stream: UnsafeMutablePointer<z_stream>

  /// What a step has done.
  struct Step {
    let consumed: Int
    let produced: Int
    /// Whether the stream ends here.
    let isEnd: Bool
  }

  /// Makes one that is at the start of a stream.
  ///
  /// - Throws: ``CompressionError/outOfMemory(_:)``.
  init() throws(CompressionError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window; the sign says that there is no wrapper.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, -15, ZLIB_VERSION, size) == Z_OK else {
      throw .outOfMemory(.gzip)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Gets ready for the next stream.
  func restart() { inflateReset(stream) }

  /// Consumes some of the input and produces some output.
  ///
  /// - Throws: ``CompressionError``.
  func inflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> Step {
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(clamping: input.count)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(clamping: output.count)
    let offered = (Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
    let status = CZlib.inflate(stream, Z_NO_FLUSH)
    switch status {
    case Z_OK, Z_BUF_ERROR, Z_STREAM_END: break
    case Z_MEM_ERROR: throw .outOfMemory(.gzip)
    default: throw .corrupt(.gzip, reason: reason(status))
    }
    return Step(
      consumed: offered.0 - Int(stream.pointee.avail_in),
      produced: offered.1 - Int(stream.pointee.avail_out), isEnd: status == Z_STREAM_END)
  }

  private func reason(_ status: Int32) -> String {
    guard let text = stream.pointee.msg else { return "zlib error \(status)" }
    return String(cString: text)
  }
}
