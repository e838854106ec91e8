internal import Store

/// Streams the entries of a layer, in flat memory whatever its size, and verifies the blob.
enum LayerScan {
  /// Calls `body` with each entry in the order of the archive, and with a record of its kind, mode,
  /// owner, and the size and, where that is wanted, the hash of its content.
  ///
  /// - Throws: ``BlobError`` when the blob is not what its descriptor says, whatever else that made the
  ///   decoders say; ``ArchiveError``, ``CompressionError``, ``UnsupportedLayerType``.
  static func run(
    _ descriptor: Descriptor, _ reader: consuming BlobReader, _ limits: ExtractionLimits,
    hashesContent: Bool = true, _ body: (TarEntry, FileRecord) throws -> Void
  ) throws {
    guard let compression = CompressionAlgorithm(layerType: descriptor.mediaType) else {
      throw UnsupportedLayerType(mediaType: descriptor.mediaType)
    }
    let blob = ScannedBlob(reader)
    do {
      let stream = try ScannedStream(
        LayerDecompressor(compression, windowLog: limits.zstdWindowLog) { try blob.read($0) },
        limit: limits.layerBytes)
      let reader = TarReader(stream, headerLimit: limits.headerSize)
      while try reader.advance() {
        try body(reader.entry, try record(reader, hashesContent))
      }
      while try stream.nextPiece() != nil {}
    } catch {
      try blob.verifyToEnd()
      throw error
    }
    try blob.verifyToEnd()
  }

  private static func record(
    _ reader: TarReader, _ hashesContent: Bool
  ) throws -> FileRecord {
    let entry = reader.entry
    var record = FileRecord(
      kind: FileStatus.Kind(entry.kind), permissions: entry.permissions)
    record.userID = entry.userID
    record.groupID = entry.groupID
    if entry.kind == .regular {
      record.size = entry.size
      if hashesContent { record.setContentHash(try contentHash(reader)) }
    }
    return record
  }

  /// Holes are hashed as zeros up to this many bytes, and as a mark beyond.
  private static let hashedHoles: Int64 = 1 << 30

  private static func contentHash(_ reader: TarReader) throws -> ContentHasher {
    var hasher = ContentHasher.makeSHA256()
    var end: Int64 = 0
    try reader.forEachPiece { piece, offset in
      fill(offset - end, &hasher)
      hasher.update(piece)
      end = offset + Int64(piece.count)
    }
    fill(reader.entry.size - end, &hasher)
    return hasher
  }

  private static func fill(_ count: Int64, _ hasher: inout ContentHasher) {
    guard count > 0 else { return }
    guard count <= hashedHoles else { return hasher.update(Array("hole \(count)".utf8)) }
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    var left = count
    while left > 0 {
      hasher.update(Array(zeros.prefix(Int(min(left, Int64(zeros.count))))))
      left -= Int64(zeros.count)
    }
  }
}

extension FileStatus.Kind {
  fileprivate init(_ kind: TarEntry.Kind) {
    switch kind {
    case .regular: self = .regular
    case .directory: self = .directory
    case .symbolicLink: self = .symbolicLink
    case .characterDevice: self = .characterDevice
    case .blockDevice: self = .blockDevice
    case .fifo: self = .fifo
    // It becomes whatever it leads to.
    case .hardLink: self = .unknown
    }
  }
}

/// A blob under way; the reader may be used from closures.
private final class ScannedBlob {
  private var reader: BlobReader

  init(_ reader: consuming BlobReader) {
    self.reader = reader
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try reader.read(into: buffer)
  }

  func verifyToEnd() throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { buffer.deallocate() }
    while try reader.read(into: buffer) > 0 {}
    try reader.finish()
  }
}

/// The plain stream of a layer in pieces.
private final class ScannedStream: TarInput {
  private let decompressor: LayerDecompressor
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  private let limit: Int64
  private var total: Int64 = 0
  private var isAtEnd = false

  init(_ decompressor: LayerDecompressor, limit: Int64) {
    self.decompressor = decompressor
    self.limit = limit
  }

  deinit { buffer.deallocate() }

  func nextPiece() throws -> UnsafeRawBufferPointer? {
    if isAtEnd { return nil }
    let count = try decompressor.read(into: buffer)
    isAtEnd = count < buffer.count
    total += Int64(count)
    guard total <= limit else { throw EntryError.limit(.layerBytes(limit: limit)) }
    return count == 0 ? nil : UnsafeRawBufferPointer(rebasing: buffer[..<count])
  }
}
