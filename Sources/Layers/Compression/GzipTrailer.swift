/// Reads the trailer of a gzip member that arrives in pieces (RFC 1952 §2.3.1).
struct GzipTrailer {
  private static let size = 8

  private var bytes: UInt64 = 0
  private var count = 0

  /// Whether all of it was read.
  var isComplete: Bool { count == Self.size }

  /// Reads on, and returns how many bytes belong to the trailer.
  mutating func read(_ input: UnsafeRawBufferPointer) -> Int {
    let part = input.prefix(Self.size - count)
    for byte in part {
      bytes |= UInt64(byte) << (8 * UInt64(count))
      count += 1
    }
    return part.count
  }

  /// Compares with what came out of the member.
  ///
  /// - Throws: ``CompressionError/corrupt(_:reason:)``.
  func check(checksum: UInt32, size: UInt32) throws(CompressionError) {
    guard UInt32(truncatingIfNeeded: bytes) == checksum else {
      throw .corrupt(.gzip, reason: "incorrect data check")
    }
    guard UInt32(bytes >> 32) == size else {
      throw .corrupt(.gzip, reason: "incorrect length check")
    }
  }
}
