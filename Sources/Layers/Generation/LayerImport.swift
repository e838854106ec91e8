internal import CLinux
internal import Glibc
package import Store

/// Takes a layer from a file that another program made: a tar, as it is or compressed.
///
/// The whole stream is read once, and checked to be an archive that `unpack` can read. Memory is
/// constant.
package struct LayerImport: ~Copyable {
  private let file: OpenFile
  private let status: FileStatus
  /// How the file is compressed, told by its first bytes.
  package let compression: CompressionAlgorithm
  /// The size of the file in bytes.
  package var size: Int64 { status.size }

  /// Opens a file.
  ///
  /// - Throws: ``SyscallError``; ``LayerImportError/notAFile(path:)`` for anything but a regular file,
  ///   which is not read.
  package init(_ path: String) throws {
    let descriptor = path.withPath { clinux_open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0) }
    guard descriptor >= 0 else {
      // A socket, or a device without a driver.
      if errno == ENXIO || errno == ENODEV { throw LayerImportError.notAFile(path: path) }
      let error = SyscallError.last("open", path)
      throw error.isNotFound ? LayerGenerationError.noSource(path: path) : error
    }
    let opened = OpenFile(descriptor: descriptor, path: path)
    let status = try opened.status()
    guard status.kind == .regular else { throw LayerImportError.notAFile(path: path) }
    let compression = try Self.detect(opened)
    file = opened
    self.status = status
    self.compression = compression
  }

  private static func detect(_ file: borrowing OpenFile) throws -> CompressionAlgorithm {
    var beginning = [UInt8](repeating: 0, count: CompressionAlgorithm.detectionLength)
    let count = beginning.withUnsafeMutableBytes {
      pread(file.descriptor, $0.baseAddress, $0.count, 0)
    }
    guard count >= 0 else { throw SyscallError.last("pread", file.path) }
    return beginning.withUnsafeBytes {
      CompressionAlgorithm(detecting: UnsafeRawBufferPointer(rebasing: $0[..<count])) ?? .none
    }
  }

  /// Reads as far as the first entry, to notice soon what is no layer at all.
  ///
  /// - Throws: Like ``copy(to:as:check:)``.
  package func checkBeginning() throws {
    try file.rewind()
    let input = try ImportInput(
      ImportSource(file.descriptor, file.path, copyTo: nil, { _ in }), compression,
      to: LayerStream())
    try diagnosing {
      _ = try TarReader(input, headerLimit: ExtractionLimits().headerSize).advance()
    }
  }

  /// Copies the layer.
  ///
  /// - Parameters:
  ///   - sink: Where the blob goes.
  ///   - compression: How the blob is to be compressed; nil leaves the bytes as they are.
  ///   - check: Told now and then how many bytes of the file were read; what it throws ends the copying.
  ///   - visit: Told of each entry what it does to the layers below.
  /// - Throws: ``LayerImportError``, ``LayerGenerationError/changedWhileRead(path:_:)``, and what the
  ///   sink throws.
  package func copy(
    to sink: any BlobSink, as compression: LayerCompression?,
    check: @escaping (Int64) throws -> Void = { _ in }, visit: (RootfsChange) -> Void = { _ in }
  ) throws -> GeneratedLayer {
    try file.rewind()
    let isRaw = compression == nil
    let stream = try compression.map { try LayerStream(sink, $0) } ?? LayerStream()
    let input = try ImportInput(
      ImportSource(file.descriptor, file.path, copyTo: isRaw ? sink : nil, check),
      self.compression, to: stream)
    let entries = try read(input, visit)
    try SourceContent.check(try file.status(), against: status, file.path, isComplete: true)
    return GeneratedLayer(
      diffID: DiffID(try stream.finish()), uncompressedSize: stream.size, entries: entries)
  }

  /// Reads the stream to its end, entry by entry.
  private func read(_ input: ImportInput, _ visit: (RootfsChange) -> Void) throws -> Int {
    try diagnosing {
      let reader = TarReader(input, headerLimit: ExtractionLimits().headerSize)
      var entries = 0
      while try reader.advance() {
        entries += 1
        visit(RootfsChange(ofLayerEntry: reader.entry))
      }
      while try input.nextPiece() != nil {}
      return entries
    }
  }

  private func diagnosing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as ArchiveError {
      throw LayerImportError.notALayer(path: file.path, reason: "\(error)")
    } catch let error as CompressionError {
      throw LayerImportError.notALayer(path: file.path, reason: "\(error)")
    }
  }
}

/// The bytes of a file on their way, perhaps copied aside.
private final class ImportSource {
  private let descriptor: Int32
  private let path: String
  private let copy: (any BlobSink)?
  private let check: (Int64) throws -> Void
  private var position: Int64 = 0

  init(
    _ descriptor: Int32, _ path: String, copyTo copy: (any BlobSink)?,
    _ check: @escaping (Int64) throws -> Void
  ) {
    self.descriptor = descriptor
    self.path = path
    self.copy = copy
    self.check = check
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try check(position)
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SyscallError.last("read", path) }
      try copy?.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      position += Int64(count)
      return count
    }
  }
}

/// The plain stream of an imported layer, which goes to the archive reader and to the new blob.
private final class ImportInput: TarInput {
  private let decompressor: LayerDecompressor
  private let stream: LayerStream
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  private var isAtEnd = false

  init(
    _ source: ImportSource, _ compression: CompressionAlgorithm, to stream: LayerStream
  ) throws {
    decompressor = try LayerDecompressor(
      compression, windowLog: ExtractionLimits().zstdWindowLog, source: source.read)
    self.stream = stream
  }

  deinit { buffer.deallocate() }

  func nextPiece() throws -> UnsafeRawBufferPointer? {
    if isAtEnd { return nil }
    let count = try decompressor.read(into: buffer)
    isAtEnd = count < buffer.count
    guard count > 0 else { return nil }
    let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    try stream.write(piece)
    return piece
  }
}
