package import Store

/// Makes the blob of a layer in one pass: tar, hash for the diff ID, compress.
///
/// Entries go in one by one, in any order, but a hard link behind the name that it links to. Memory is
/// bounded whatever goes in, but for the first names of files that have several. The same entries give
/// the same blob, whatever the number of threads.
///
/// A generator that is dropped before ``finish()`` leaves an incomplete blob behind in its sink.
package final class LayerGenerator {
  private let stream: LayerStream
  private let writer: TarWriter
  private let content = SourceContent()
  private var reader: SourceReader
  private var entries = 0
  /// Where in the image something goes that is named there; whether it is a folder decides.
  package var place: (_ path: [UInt8], _ isFolder: Bool) -> [UInt8] = { path, _ in path }
  /// Told of each entry, as the layer has it.
  package var onEntry: (LayerEntry) -> Void = { _ in }

  /// Begins a layer.
  ///
  /// - Parameters:
  ///   - sink: Where the blob goes.
  ///   - options: How it is made.
  ///   - warn: Told what cannot be stored as it is.
  ///   - check: Told all the time how long the plain stream is, in bytes; what it throws ends the work.
  /// - Throws: ``EncodingError``, ``SyscallError``.
  package init(
    into sink: any BlobSink, _ options: LayerOptions,
    warn: @escaping (LayerWarning) -> Void = { _ in },
    check: @escaping (Int64) throws -> Void = { _ in }
  ) throws {
    stream = try LayerStream(sink, options.compression, check: check)
    writer = TarWriter(stream)
    reader = SourceReader(options, warn: warn)
  }

  /// Adds a folder as it is on disk, without what is in it.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - path: Its name in the image; see ``LayerPath/clean(_:)``.
  /// - Throws: ``LayerGenerationError``, ``SyscallError``.
  package func add(_ folder: ScannedFolder, at path: [UInt8]) throws {
    try add(try reader.entry(of: folder, at: path))
  }

  /// Adds a file as it is on disk, with its content; one that an earlier entry has another name of
  /// becomes a hard link.
  ///
  /// A socket is left out, with a warning.
  ///
  /// - Parameters:
  ///   - file: The file, of any kind but a folder.
  ///   - folder: The folder that it is in.
  ///   - path: Its name in the image; see ``LayerPath/clean(_:)``.
  /// - Throws: ``LayerGenerationError``, ``SyscallError``. A file that is not what it was when it was
  ///   scanned, or changes while it is read, is ``LayerGenerationError/changedWhileRead(path:_:)``.
  package func add(_ file: ScannedFile, in folder: ScannedFolder, at path: [UInt8]) throws {
    guard file.status.kind != .socket else {
      return reader.warn(.socket(path: folder.displayPath(of: file.name)))
    }
    do {
      guard file.status.kind == .regular else {
        return try add(try reader.entry(of: file, in: folder, at: path))
      }
      let opened = try folder.openFile(file)
      let entry = try reader.entry(of: file, opened: opened, at: path)
      guard case .regular = entry.kind else { return try add(entry) }
      note(entry)
      try content.copy(entry, opened, expecting: file.status, to: writer)
    } catch let error as WalkError {
      throw LayerGenerationError.changedWhileRead(path: error.path, .replaced)
    }
  }

  /// Adds a whiteout, which removes a path of the layers below (image-spec v1.1.1, layer §whiteouts).
  ///
  /// - Throws: ``LayerGenerationError`` when the path cannot be removed.
  package func addWhiteout(of path: [UInt8]) throws {
    let path = try LayerPath.whiteout(of: place(path, false))
    try add(LayerEntry(path: path, kind: .regular(size: 0)))
  }

  /// Adds an opaque marker, which removes whatever a folder holds in the layers below.
  ///
  /// - Throws: ``LayerGenerationError``.
  package func addOpaqueMarker(in path: [UInt8]) throws {
    let path = try LayerPath.opaqueMarker(in: place(path, true))
    try add(LayerEntry(path: path, kind: .regular(size: 0)))
  }

  /// Adds an entry that has no content.
  ///
  /// - Throws: ``LayerGenerationError`` when it cannot be archived; what the sink throws.
  package func add(_ entry: LayerEntry) throws {
    note(entry)
    try writer.begin(entry)
  }

  private func note(_ entry: LayerEntry) {
    entries += 1
    onEntry(entry)
  }

  /// Completes the blob.
  ///
  /// - Returns: What the image's documents say of the layer.
  /// - Throws: ``LayerGenerationError``, and what the sink throws.
  package func finish() throws -> GeneratedLayer {
    try writer.finish()
    let digest = try stream.finish()
    return GeneratedLayer(
      diffID: DiffID(digest), uncompressedSize: stream.size, entries: entries)
  }
}
