internal import CArchive
internal import Glibc
internal import Store

/// Takes a tar stream in pieces.
protocol TarOutput: AnyObject {
  /// Takes the next bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// Writes tar through libarchive: ustar as far as it goes, pax records where it does not reach
/// (POSIX.1-2017, pax §extended header).
///
/// Names are bytes: where they are not plain ASCII, the library marks its records with
/// `hdrcharset=BINARY` and stores them as they are. It cannot decide that entry by entry, so there are
/// two of it behind one stream. Extended attributes are `SCHILY.xattr` records; sparse files have the
/// form GNU 1.0. All readers of layers that we know take these.
///
/// Nothing of the running process gets into the stream: the same entries give the same bytes.
///
/// This and the reader are the only files that see libarchive.
final class TarWriter {
  /// The longest name that a sparse file may have, in bytes: the library cuts longer ones.
  private static let longestSparseName = 100

  // For names of plain ASCII, which is what ends the stream; and for all others.
  private let plain: OpaquePointer
  private let binary: OpaquePointer
  // The one that writes the current entry.
  private var archive: OpaquePointer
  private let header: OpaquePointer
  private let sink: Sink

  /// What libarchive's callback gets: the output, and what went wrong there.
  private final class Sink {
    let output: any TarOutput
    var failure: (any Error)?

    init(_ output: any TarOutput) { self.output = output }
  }

  /// Begins a stream.
  ///
  /// - Throws: ``LayerGenerationError/unavailable(reason:)``.
  init(_ output: any TarOutput) throws(LayerGenerationError) {
    guard let plain = archive_write_new(), let binary = archive_write_new(),
      let header = archive_entry_new()
    else { throw .unavailable(reason: "no memory") }
    self.plain = plain
    self.binary = binary
    self.header = header
    archive = plain
    sink = Sink(output)
    try open(plain, options: ["xattrheader": "SCHILY"])
    try open(binary, options: ["xattrheader": "SCHILY", "hdrcharset": "BINARY"])
  }

  deinit {
    for archive in [plain, binary] {
      // One that was not closed must not write an end.
      archive_write_fail(archive)
      archive_write_free(archive)
    }
    archive_entry_free(header)
  }

  private func open(
    _ archive: OpaquePointer, options: [String: String]
  ) throws(LayerGenerationError) {
    archive_write_set_format_pax_restricted(archive)
    archive_write_set_bytes_per_block(archive, 0)
    for (name, value) in options {
      guard archive_write_set_format_option(archive, "pax", name, value) == ARCHIVE_OK else {
        throw .unavailable(reason: "libarchive does not know the option \(name)")
      }
    }
    let status = archive_write_open(
      archive, Unmanaged.passUnretained(sink).toOpaque(), nil,
      { _, context, bytes, count in TarWriter.take(context, bytes, count) }, nil)
    guard status == ARCHIVE_OK else { throw .unavailable(reason: message) }
  }

  /// Whether a file of that name can be sparse.
  static func canBeSparse(_ name: [UInt8]) -> Bool { name.count <= longestSparseName }

  private static func take(
    _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
  ) -> Int {
    guard let context else { return -1 }
    let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
    do {
      try sink.output.write(UnsafeRawBufferPointer(start: bytes, count: count))
      return count
    } catch {
      sink.failure = error
      return -1
    }
  }

  /// Begins an entry; the one before it must be complete.
  ///
  /// - Parameters:
  ///   - entry: The entry.
  ///   - data: Where a sparse file has data, in order; nil for one that is written whole.
  /// - Throws: ``LayerGenerationError``, or what the output throws.
  func begin(_ entry: LayerEntry, data: [Range<Int64>]? = nil) throws {
    try choose(for: entry)
    archive_entry_clear(header)
    entry.path.withCName { archive_entry_copy_pathname(header, $0) }
    archive_entry_set_perm(header, mode_t(entry.permissions))
    archive_entry_set_uid(header, Int64(entry.userID))
    archive_entry_set_gid(header, Int64(entry.groupID))
    let time = entry.modificationTime
    archive_entry_set_mtime(header, Int(time.seconds), Int(time.nanoseconds))
    archive_entry_set_size(header, entry.size)
    setKind(entry.kind)
    // The library writes the last one first.
    for attribute in entry.attributes.reversed() {
      attribute.name.withCName { name in
        attribute.value.withUnsafeBytes {
          archive_entry_xattr_add_entry(header, name, $0.baseAddress, $0.count)
        }
      }
    }
    if let data { addMap(data) }
    try check(archive_write_header(archive, header), entry.path)
  }

  /// Completes the entry before and chooses who writes the next one.
  private func choose(for entry: LayerEntry) throws {
    try check(archive_write_finish_entry(archive), entry.path)
    var isPlain = entry.path.allSatisfy { $0 < 0x80 }
    switch entry.kind {
    case .symbolicLink(let target), .hardLink(let target):
      isPlain = isPlain && target.allSatisfy { $0 < 0x80 }
    default: break
    }
    archive = isPlain ? plain : binary
  }

  private func addMap(_ data: [Range<Int64>]) {
    // One hole from end to end is a piece of data of no length.
    for range in data.isEmpty ? [0..<0] : data {
      archive_entry_sparse_add_entry(header, range.lowerBound, Int64(range.count))
    }
  }

  /// The AE_IF constants are macros with casts, which Swift does not see.
  private func setKind(_ kind: LayerEntry.Kind) {
    switch kind {
    case .regular: archive_entry_set_filetype(header, 0o100000)
    case .directory: archive_entry_set_filetype(header, 0o040000)
    case .symbolicLink(let target):
      archive_entry_set_filetype(header, 0o120000)
      target.withCName { archive_entry_copy_symlink(header, $0) }
    case .hardLink(let target):
      archive_entry_set_filetype(header, 0o100000)
      target.withCName { archive_entry_copy_hardlink(header, $0) }
    case .characterDevice(let major, let minor): setDevice(0o020000, major, minor)
    case .blockDevice(let major, let minor): setDevice(0o060000, major, minor)
    case .fifo: archive_entry_set_filetype(header, 0o010000)
    }
  }

  private func setDevice(_ kind: UInt32, _ major: UInt32, _ minor: UInt32) {
    archive_entry_set_filetype(header, kind)
    archive_entry_set_rdevmajor(header, dev_t(major))
    archive_entry_set_rdevminor(header, dev_t(minor))
  }

  /// Writes the next bytes of the current entry's content.
  ///
  /// Of a sparse file, all bytes are handed over, those of the holes too; they are not looked at.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = archive_write_data(archive, rest.baseAddress, rest.count)
      guard written > 0 else { throw failure([]) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Writes the end of the stream.
  func finish() throws {
    try check(archive_write_finish_entry(archive), [])
    archive = plain
    try check(archive_write_close(plain), [])
  }

  private func check(_ status: Int32, _ name: [UInt8]) throws {
    if status != ARCHIVE_OK { throw failure(name) }
  }

  private func failure(_ name: [UInt8]) -> any Error {
    sink.failure ?? LayerGenerationError.refused(name: name, reason: message)
  }

  private var message: String {
    guard let text = archive_error_string(archive) else { return "unknown error" }
    return String(cString: text)
  }
}
