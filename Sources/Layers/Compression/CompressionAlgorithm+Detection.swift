extension CompressionAlgorithm {
  /// How many bytes are looked at, at most.
  static let detectionLength = 512

  /// What a stream is by its first bytes; nil when they tell nothing.
  init?(detecting bytes: UnsafeRawBufferPointer) {
    // A plain archive may begin with whatever name its first file has.
    let block = UnsafeRawBufferPointer(rebasing: bytes.prefix(TarStream.blockSize))
    if block.count == TarStream.blockSize, (try? TarHeader(block)) != nil {
      self = .none
    } else if bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b {
      self = .gzip
    } else if bytes.count >= 4, bytes[..<4].elementsEqual([0x28, 0xb5, 0x2f, 0xfd]) {
      self = .zstd
    } else if bytes.count >= 4, bytes[0] & 0xf0 == 0x50,
      bytes[1..<4].elementsEqual([0x2a, 0x4d, 0x18])
    {
      // A frame that is to be skipped (RFC 8878 §3.1).
      self = .zstd
    } else {
      return nil
    }
  }
}
