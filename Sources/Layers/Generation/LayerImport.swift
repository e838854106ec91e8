package import Store

/// Takes a layer that another program made: a tar, as it is or compressed.
///
/// The whole stream is read once, and checked to be an archive that `unpack` can read. Memory is
/// constant.
package struct LayerImport {
  private let origin: any LayerOrigin
  /// How it is compressed, told by its first bytes.
  package let compression: CompressionAlgorithm
  /// How many bytes there are; 0 when it is unknown.
  package var size: Int64 { origin.size }

  /// Looks at the first bytes.
  package init(_ bytes: LayerBytes) throws {
    origin = try bytes.open()
    compression = try origin.beginning(CompressionAlgorithm.detectionLength).withUnsafeBytes {
      CompressionAlgorithm(detecting: $0) ?? .none
    }
  }

  /// Reads as far as the first entry, to notice soon what is no layer at all; what can be read once is left
  /// alone.
  ///
  /// - Throws: Like ``copy(to:as:check:)``.
  package func checkBeginning() throws {
    guard origin.isRepeatable else { return }
    try origin.begin()
    let input = try ImportInput(
      ImportSource(origin, copyTo: nil, { _ in }), compression, to: LayerStream())
    try diagnosing {
      _ = try TarReader(input, headerLimit: ExtractionLimits().headerSize).advance()
    }
  }

  /// Copies the layer.
  ///
  /// - Parameters:
  ///   - sink: Where the blob goes.
  ///   - compression: How the blob is to be compressed; nil leaves the bytes as they are.
  ///   - check: Told now and then how many bytes were read; what it throws ends the copying.
  ///   - visit: Told of each entry what it does to the layers below.
  /// - Throws: ``LayerImportError``, ``LayerGenerationError/changedWhileRead(path:_:)``, what the sink
  ///   throws, and what the bytes come from.
  package func copy(
    to sink: any BlobSink, as compression: LayerCompression?,
    check: @escaping (Int64) throws -> Void = { _ in }, visit: (RootfsChange) -> Void = { _ in }
  ) throws -> GeneratedLayer {
    try origin.begin()
    let isRaw = compression == nil
    let stream = try compression.map { try LayerStream(sink, $0) } ?? LayerStream()
    let input = try ImportInput(
      ImportSource(origin, copyTo: isRaw ? sink : nil, check), self.compression, to: stream)
    let entries = try read(input, visit)
    try origin.finish()
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
      throw LayerImportError.notALayer(path: origin.name, reason: "\(error)")
    } catch let error as CompressionError {
      throw LayerImportError.notALayer(path: origin.name, reason: "\(error)")
    }
  }
}

/// The bytes of a layer on their way, perhaps copied aside.
private final class ImportSource {
  private let origin: any LayerOrigin
  private let copy: (any BlobSink)?
  private let check: (Int64) throws -> Void
  private var position: Int64 = 0

  init(
    _ origin: any LayerOrigin, copyTo copy: (any BlobSink)?,
    _ check: @escaping (Int64) throws -> Void
  ) {
    self.origin = origin
    self.copy = copy
    self.check = check
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try check(position)
    let count = try origin.read(into: buffer)
    try copy?.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    position += Int64(count)
    return count
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
