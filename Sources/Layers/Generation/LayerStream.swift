internal import Store

/// The plain stream of a layer on its way: cut into chunks, hashed for the diff ID, compressed.
final class LayerStream: TarOutput {
  private let encoder: any LayerEncoder
  /// Told the size of the stream for each chunk; what it throws ends the work.
  private let check: (Int64) throws -> Void
  private var hasher: ContentHasher? = .makeSHA256()
  private var buffer: UnsafeMutableRawBufferPointer?
  private var filled = 0
  /// The size of the stream so far, in bytes.
  private(set) var size: Int64 = 0

  init(
    _ sink: any BlobSink, _ compression: LayerCompression,
    check: @escaping (Int64) throws -> Void = { _ in }
  ) throws {
    self.check = check
    let level = compression.level
    switch compression.algorithm {
    case .none: encoder = IdentityEncoder(sink)
    case .gzip:
      encoder = try ParallelEncoder(sink, workers: compression.workers) {
        try GzipCompressor(level: level)
      }
    case .zstd:
      encoder = try ParallelEncoder(sink, workers: compression.workers) {
        try ZstdCompressor(level: level ?? ZstdCompressor.usualLevel)
      }
    }
  }

  /// A stream that is only hashed and counted.
  init() {
    encoder = DiscardingEncoder()
    check = { _ in }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let room = try buffer ?? encoder.nextBuffer()
      buffer = room
      let count = min(rest.count, room.count - filled)
      UnsafeMutableRawBufferPointer(rebasing: room[filled..<filled + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
      filled += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      if filled == room.count { try pass() }
    }
  }

  /// Completes the blob.
  ///
  /// - Returns: The digest of the plain stream.
  func finish() throws -> Digest {
    if filled > 0 { try pass() }
    try encoder.finish()
    guard let hasher = hasher.take() else {
      throw EncodingError(reason: "a stream ends only once")
    }
    return hasher.finalize()
  }

  private func pass() throws {
    guard let chunk = buffer else { return }
    try check(size)
    // The buffer is another's as soon as it is committed.
    hasher?.update(UnsafeRawBufferPointer(rebasing: chunk[..<filled]))
    size += Int64(filled)
    let count = filled
    buffer = nil
    filled = 0
    try encoder.commit(count)
  }
}
