internal import CArchive
internal import Glibc
internal import Store

/// Reads tar through libarchive: v7, ustar, pax, GNU and their sparse files.
///
/// Names are bytes. The library keeps those of plain headers as they are, and those of pax headers
/// too in the C locale, where it finds no other spelling; hence this program never calls setlocale(3).
/// (Its option `hdrcharset=BINARY` is no help: version 3.6.2 knows it only for writing.)
///
/// Stricter than the library: what it would skip with a warning, guess, or read past the end marker
/// is an error here (umoci-behaviour §4.2). Memory stays bounded: the library refuses extended headers over 1 MiB itself, and whatever else it would
/// collect for one entry, such as a sparse map, ends at ``headerLimit``.
///
/// This and the writer are the only files that see libarchive.
final class TarReader {
  private let archive: OpaquePointer
  private let feed: TarFeed
  private var isOpen = false
  private var isAtEnd = false
  private var isContentRead = false
  /// The current entry.
  private(set) var entry = TarEntry()
  private(set) var place = Place.beginning

  /// Where a reader is, for messages.
  enum Place {
    case beginning
    /// At the entry whose name is known, perhaps before the rest of it is.
    case at
    /// Behind the entry.
    case after
  }

  /// Makes a reader of a stream.
  ///
  /// - Parameters:
  ///   - input: The stream.
  ///   - headerLimit: How many bytes the headers of one entry may take, roughly.
  /// - Throws: ``ArchiveError/unavailable(reason:)``.
  init(_ input: any TarInput, headerLimit: Int) throws {
    guard let archive = archive_read_new() else {
      throw ArchiveError.unavailable(reason: "no memory")
    }
    self.archive = archive
    feed = TarFeed(input, headerLimit: headerLimit)
    archive_read_support_filter_none(archive)
    archive_read_support_format_tar(archive)
  }

  deinit { archive_read_free(archive) }

  /// Goes to the next entry, skipping what is left of the current one.
  ///
  /// - Returns: False at the end of the archive.
  /// - Throws: ``ArchiveError``, or what the input throws.
  func advance() throws -> Bool {
    if isAtEnd { return false }
    if !isOpen, try !open() {
      isAtEnd = true
      return false
    }
    try skipContent()
    if isAtEnd { return false }
    if place == .at { place = .after }
    isContentRead = false
    feed.beginHeader()
    var header: OpaquePointer?
    let status = archive_read_next_header(archive, &header)
    feed.endHeader()
    if status == ARCHIVE_EOF {
      try finish()
      return false
    }
    try check(status)
    guard let header else { throw ArchiveError.damaged(reason: "no header") }
    try load(header)
    return true
  }

  /// Calls `body` with each piece of the current entry's content and its offset in the file.
  ///
  /// Pieces come in the order of their offsets and never overlap; what lies between them is a hole.
  func forEachPiece(_ body: (UnsafeRawBufferPointer, Int64) throws -> Void) throws {
    var end: Int64 = 0
    while true {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let status = archive_read_data_block(archive, &start, &count, &offset)
      if status == ARCHIVE_EOF {
        isContentRead = true
        return
      }
      // All of the content is there, but not what fills up its last block: umoci 0.4.7 ends like
      // this what `insert` makes, and Go and GNU tar take it.
      if status != ARCHIVE_OK, feed.isExhausted, end > 0, end == entry.size {
        isAtEnd = true
        return
      }
      try check(status)
      guard count > 0 else { continue }
      let (next, overflow) = offset.addingReportingOverflow(Int64(count))
      guard offset >= end, !overflow, next <= entry.size else {
        throw ArchiveError.malformedSparseMap
      }
      end = next
      try body(UnsafeRawBufferPointer(start: start, count: count), offset)
    }
  }

  private func open() throws -> Bool {
    guard try feed.hasData() else { return false }
    isOpen = true
    let context = Unmanaged.passUnretained(feed).toOpaque()
    try check(
      archive_read_open(
        archive, context, nil, { _, context, buffer in TarFeed.read(context, buffer) }, nil))
    return true
  }

  private func skipContent() throws {
    if place == .beginning || isContentRead { return }
    try forEachPiece { _, _ in }
  }

  /// Checks what the library does not: that the end marker is followed by nothing else.
  private func finish() throws {
    isAtEnd = true
    if let failure = feed.failure { throw failure }
    try feed.checkEndMarker(at: archive_read_header_position(archive))
  }

  private func check(_ status: Int32) throws {
    if status == ARCHIVE_OK { return }
    if let failure = feed.failure { throw failure }
    guard status == ARCHIVE_WARN else { throw ArchiveError.damaged(reason: message) }
    // The one harmless warning: a UTF-8 name has no spelling in the C locale, and is kept as it is.
    if archive_errno(archive) == EILSEQ { return }
    let reason = message
    // Text forms of ACLs are not used; their attributes are.
    if reason.contains("SCHILY.acl") { return }
    throw ArchiveError.malformedHeader(reason: reason)
  }

  private var message: String {
    guard let text = archive_error_string(archive) else { return "unknown error" }
    return String(cString: text)
  }
}

extension TarReader {
  /// Copies the library's entry into ours.
  private func load(_ header: OpaquePointer) throws {
    guard let path = archive_entry_pathname(header) else {
      throw ArchiveError.malformedHeader(reason: "there is no name")
    }
    entry.path.replace(with: path)
    place = .at
    entry.linkTarget.removeAll(keepingCapacity: true)
    entry.attributes.removeAll(keepingCapacity: true)
    entry.size = archive_entry_size(header)
    entry.permissions = UInt16(truncatingIfNeeded: archive_entry_perm(header)) & 0o7777
    entry.kind = try kind(header)
    try loadOwner(header)
    loadTimes(header)
    if entry.kind != .regular {
      guard entry.size <= 0 else { throw ArchiveError.unexpectedContent(size: entry.size) }
      entry.size = 0
    }
    guard entry.size >= 0 else { throw ArchiveError.invalidField("size") }
    loadAttributes(header)
  }

  private func kind(_ header: OpaquePointer) throws -> TarEntry.Kind {
    if let target = archive_entry_hardlink(header) {
      entry.linkTarget.replace(with: target)
      return .hardLink
    }
    // The AE_IF constants are macros with casts, which Swift does not see.
    switch UInt32(archive_entry_filetype(header)) {
    case 0o100000: return .regular
    case 0o040000: return .directory
    case 0o120000:
      if let target = archive_entry_symlink(header) { entry.linkTarget.replace(with: target) }
      return .symbolicLink
    case 0o020000:
      try loadDevice(header)
      return .characterDevice
    case 0o060000:
      try loadDevice(header)
      return .blockDevice
    case 0o010000: return .fifo
    default: throw ArchiveError.malformedHeader(reason: "the entry's type is not supported")
    }
  }

  private func loadDevice(_ header: OpaquePointer) throws {
    guard let major = UInt32(exactly: archive_entry_rdevmajor(header)),
      let minor = UInt32(exactly: archive_entry_rdevminor(header))
    else { throw ArchiveError.invalidField("device number") }
    entry.deviceMajor = major
    entry.deviceMinor = minor
  }

  private func loadOwner(_ header: OpaquePointer) throws {
    // The largest id means "unchanged" to chown(2).
    guard let user = UInt32(exactly: archive_entry_uid(header)), user != .max else {
      throw ArchiveError.invalidField("user id")
    }
    guard let group = UInt32(exactly: archive_entry_gid(header)), group != .max else {
      throw ArchiveError.invalidField("group id")
    }
    entry.userID = user
    entry.groupID = group
  }

  private func loadTimes(_ header: OpaquePointer) {
    entry.modificationTime = time(
      Int64(archive_entry_mtime(header)), Int64(archive_entry_mtime_nsec(header)), "mtime")
    entry.accessTime = nil
    guard archive_entry_atime_is_set(header) != 0 else { return }
    entry.accessTime = time(
      Int64(archive_entry_atime(header)), Int64(archive_entry_atime_nsec(header)), "atime")
  }

  /// A time whose fraction the library has read without its sign: it makes -1 and 500 000 000 of
  /// `-1.5`, and of `-0.5` the same as of `0.5`.
  private func time(_ seconds: Int64, _ nanoseconds: Int64, _ record: String) -> FileTime {
    let fraction = min(max(nanoseconds, 0), 999_999_999)
    guard fraction > 0, seconds <= 0 else {
      return FileTime(seconds: seconds, nanoseconds: fraction)
    }
    // The library is one block behind with what it has consumed.
    let start = archive_read_header_position(archive)
    let end = max(archive_filter_bytes(archive, 0) + 512, start)
    let isNegative = seconds < 0 || feed.contains(" \(record)=-0.", in: start..<end)
    return isNegative
      ? FileTime(seconds: seconds - 1, nanoseconds: 1_000_000_000 - fraction)
      : FileTime(seconds: seconds, nanoseconds: fraction)
  }

  private func loadAttributes(_ header: OpaquePointer) {
    guard archive_entry_xattr_reset(header) > 0 else { return }
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while archive_entry_xattr_next(header, &name, &value, &count) == ARCHIVE_OK {
      guard let name else { continue }
      var bytes: [UInt8] = []
      bytes.replace(with: name)
      entry.attributes.append(
        ExtendedAttribute(
          name: bytes, value: Array(UnsafeRawBufferPointer(start: value, count: count))))
    }
    // The library lists the last record first.
    entry.attributes.reverse()
  }
}

extension [UInt8] {
  /// Takes over a C string, keeping the room that is there.
  fileprivate mutating func replace(with text: UnsafePointer<CChar>) {
    removeAll(keepingCapacity: true)
    append(contentsOf: UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
