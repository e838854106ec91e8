package import Store

/// What a layer says of one path: everything that a comparison of two file systems looks at.
package struct LayerFile: Equatable, Sendable {
  /// What kind of thing it is.
  package enum Kind: String, Sendable {
    /// A file.
    case regular = "file"
    /// A folder.
    case directory = "folder"
    /// A symbolic link.
    case symbolicLink = "symlink"
    /// A hard link to a path that no layer has.
    case hardLink = "hard link"
    /// A character device.
    case characterDevice = "character device"
    /// A block device.
    case blockDevice = "block device"
    /// A fifo.
    case fifo = "fifo"
  }

  /// What kind of thing it is.
  package var kind: Kind
  /// The twelve permission bits.
  package var permissions: UInt16
  /// The owner as the image sees it.
  package var userID: UInt32
  /// The group as the image sees it.
  package var groupID: UInt32
  /// The length of a file in bytes.
  package var size: Int64
  /// The SHA-256 digest of a file's content, holes read as zeros.
  package var content: Digest?
  /// The target of a link.
  package var linkTarget: [UInt8]
  /// Major and minor number of a device.
  package var device: [UInt32]
  /// A digest of the extended attributes, sorted by name; nil for none.
  package var attributes: Digest?
}

/// Streams the entries of a layer, in flat memory whatever its size, and verifies the blob.
enum LayerScan {
  /// Calls `body` with each entry, its name as stored, in the order of the archive.
  ///
  /// - Throws: ``BlobError`` when the blob is not what its descriptor says, whatever else that made the
  ///   decoders say; ``ArchiveError``, ``CompressionError``, ``UnsupportedLayerType``.
  static func run(
    _ descriptor: Descriptor, in blobs: BlobStore, _ limits: ExtractionLimits,
    _ body: ([UInt8], LayerFile) throws -> Void
  ) throws {
    guard let compression = CompressionAlgorithm(layerType: descriptor.mediaType) else {
      throw UnsupportedLayerType(mediaType: descriptor.mediaType)
    }
    let blob = ScannedBlob(try blobs.reader(for: descriptor))
    do {
      let stream = try ScannedStream(
        LayerDecompressor(compression, windowLog: limits.zstdWindowLog) { try blob.read($0) },
        limit: limits.layerBytes)
      let reader = try TarReader(stream, headerLimit: limits.headerSize)
      while try reader.advance() {
        try body(reader.entry.path, try file(reader))
      }
      while try stream.nextPiece() != nil {}
    } catch {
      try blob.verifyToEnd()
      throw error
    }
    try blob.verifyToEnd()
  }

  private static func file(_ reader: TarReader) throws -> LayerFile {
    let entry = reader.entry
    var file = LayerFile(
      kind: LayerFile.Kind(entry.kind), permissions: entry.permissions, userID: entry.userID,
      groupID: entry.groupID, size: entry.size, content: nil, linkTarget: entry.linkTarget,
      device: [], attributes: attributes(entry.attributes))
    switch entry.kind {
    case .regular: file.content = try content(reader)
    case .characterDevice, .blockDevice: file.device = [entry.deviceMajor, entry.deviceMinor]
    case .hardLink: file.size = 0
    default: break
    }
    return file
  }

  /// Holes are hashed as zeros up to this many bytes, and as a mark beyond.
  private static let hashedHoles: Int64 = 1 << 30

  private static func content(_ reader: TarReader) throws -> Digest {
    var hasher = ContentHasher.makeSHA256()
    var end: Int64 = 0
    try reader.forEachPiece { piece, offset in
      fill(offset - end, &hasher)
      hasher.update(piece)
      end = offset + Int64(piece.count)
    }
    fill(reader.entry.size - end, &hasher)
    return hasher.finalize()
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

  private static func attributes(_ attributes: [ExtendedAttribute]) -> Digest? {
    if attributes.isEmpty { return nil }
    var hasher = ContentHasher.makeSHA256()
    for attribute in attributes.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
      hasher.update(Array("\(attribute.name.count) \(attribute.value.count) ".utf8))
      hasher.update(attribute.name)
      hasher.update(attribute.value)
    }
    return hasher.finalize()
  }
}

extension LayerFile.Kind {
  fileprivate init(_ kind: TarEntry.Kind) {
    switch kind {
    case .regular: self = .regular
    case .directory: self = .directory
    case .symbolicLink: self = .symbolicLink
    case .hardLink: self = .hardLink
    case .characterDevice: self = .characterDevice
    case .blockDevice: self = .blockDevice
    case .fifo: self = .fifo
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
