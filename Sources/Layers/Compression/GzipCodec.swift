internal import CZlib

/// Reads gzip with zlib: any number of members, then at most NUL padding.
///
/// The check sum and length of each member are verified. About 50 KB of memory.
final class GzipCodec: DecompressionCodec {
  private enum Position {
    case inMember
    case betweenMembers
    case inPadding
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var position = Position.inMember
  private var hasReadMember = false

  init() throws(CompressionError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 to accept gzip's wrapper and no other.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
      throw .outOfMemory(.gzip)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int) {
    var skipped = 0
    if position != .inMember {
      skipped = try skipPadding(input)
      guard position == .inMember else { return (skipped, 0) }
    }
    let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst(skipped))
    let (consumed, produced) = try inflateSome(rest, into: output)
    return (skipped + consumed, produced)
  }

  func finish() throws(CompressionError) {
    if position == .inMember { throw .truncated(.gzip) }
  }

  private func inflateSome(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (consumed: Int, produced: Int) {
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(clamping: input.count)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(clamping: output.count)
    let offered = (Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
    let status = inflate(stream, Z_NO_FLUSH)
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      position = .betweenMembers
      hasReadMember = true
    case Z_MEM_ERROR: throw .outOfMemory(.gzip)
    default: throw .corrupt(.gzip, reason: reason(status))
    }
    return (
      offered.0 - Int(stream.pointee.avail_in), offered.1 - Int(stream.pointee.avail_out)
    )
  }

  /// Skips NUL bytes after a member, or gets ready for the next one.
  private func skipPadding(_ input: UnsafeRawBufferPointer) throws(CompressionError) -> Int {
    guard let first = input.first else { return 0 }
    if position == .betweenMembers, first == 0x1f {
      inflateReset(stream)
      position = .inMember
      return 0
    }
    position = .inPadding
    guard input.allSatisfy({ $0 == 0 }) else { throw .trailingGarbage(.gzip) }
    return input.count
  }

  private func reason(_ status: Int32) -> String {
    if status == Z_NEED_DICT { return "it needs a dictionary" }
    guard let text = stream.pointee.msg else { return "zlib error \(status)" }
    return String(cString: text)
  }
}
