internal import Store

/// Reads tar: v7, ustar, star, pax, GNU and their sparse files, as Go's archive/tar does, and with it
/// umoci, containerd and Docker.
///
/// Names are bytes. What those tools do not read is an error here (umoci-behaviour §4.2); where others
/// read the same bytes differently, the entry says so (``TarDoubt``). Memory stays bounded: whatever
/// has to be collected for one entry, such as a sparse map, ends at the header limit.
final class TarReader {
  /// The longest extended header, in bytes; the same as Go's.
  private static let longestExtendedHeader: Int64 = 1 << 20

  private let stream: TarStream
  private let headerLimit: Int
  private var headerBytes = 0
  private var isAtEnd = false
  // What is left of the current entry's content in the stream, and what fills up its last block.
  private var left: Int64 = 0
  private var padding: Int64 = 0
  private var map: SparseFileMap?
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
  ///   - headerLimit: How many bytes the headers of one entry may take.
  init(_ input: any TarInput, headerLimit: Int) {
    stream = TarStream(input)
    self.headerLimit = headerLimit
  }

  /// Goes to the next entry, skipping what is left of the current one.
  ///
  /// - Returns: False at the end of the archive.
  /// - Throws: ``ArchiveError``, or what the input throws.
  func advance() throws -> Bool {
    if isAtEnd { return false }
    guard try skipContent() else { return end() }
    if place == .at { place = .after }
    headerBytes = 0
    entry.doubts.removeAll()
    var extended = ExtendedHeaders()
    while let header = try nextHeader() {
      switch header.type {
      case UInt8(ascii: "x"), UInt8(ascii: "L"), UInt8(ascii: "K"):
        let type = header.type
        if try extended.add(type, try readBody(header)) { entry.doubts.append(.doubledHeader) }
      case UInt8(ascii: "g"):
        if try PaxRecords(try readBody(header)).saysSomething {
          entry.doubts.append(.globalHeader)
        }
        if !extended.isEmpty { entry.doubts.append(.interruptedHeader) }
        extended = ExtendedHeaders()
      default:
        try load(header, extended)
        return true
      }
    }
    return end()
  }

  private func end() -> Bool {
    isAtEnd = true
    return false
  }

  /// Calls `body` with each piece of the current entry's content and its offset in the file.
  ///
  /// Pieces come in the order of their offsets and never overlap; what lies between them is a hole.
  func forEachPiece(_ body: (UnsafeRawBufferPointer, Int64) throws -> Void) throws {
    guard let map else { return try deliver(left, at: 0, body) }
    for piece in map.pieces { try deliver(piece.count, at: piece.offset, body) }
  }

  private func deliver(
    _ count: Int64, at offset: Int64, _ body: (UnsafeRawBufferPointer, Int64) throws -> Void
  ) throws {
    let end = left - count
    var offset = offset
    while left > end {
      let piece = try stream.next(atMost: left - end)
      guard !piece.isEmpty else { throw Self.truncated("content") }
      left -= Int64(piece.count)
      try body(piece, offset)
      offset += Int64(piece.count)
    }
  }

  /// Passes over what is left of the current entry.
  ///
  /// - Returns: False when the stream ends there. All of the content must be there, but not what fills
  ///   up its last block: umoci 0.4.7 ends like this what `insert` makes, and Go and GNU tar take it.
  private func skipContent() throws -> Bool {
    guard try stream.skip(left) == 0 else { throw Self.truncated("content") }
    left = 0
    defer { padding = 0 }
    return try stream.skip(padding) == 0
  }

  private static func truncated(_ part: String) -> ArchiveError {
    .damaged(reason: "it ends within a \(part)")
  }
}

// MARK: - Headers

extension TarReader {
  /// The next header, which is good until the next block is read; nil at the end of the archive.
  ///
  /// It ends with the stream, or with two blocks of zeros (pax, POSIX.1-2017): a single one that is
  /// followed by something else is a damaged archive. What comes after both is padding that nobody
  /// reads, as with umoci.
  private func nextHeader() throws -> TarHeader? {
    let block = try stream.nextBlock()
    if block.isEmpty { return nil }
    guard block.count == TarStream.blockSize else { throw Self.truncated("header") }
    if block.allSatisfy({ $0 == 0 }) {
      guard try stream.nextBlock().allSatisfy({ $0 == 0 }) else {
        throw ArchiveError.dataAfterEndMarker
      }
      return nil
    }
    try count(Int64(block.count))
    return try TarHeader(block)
  }

  /// The body of an extended header.
  private func readBody(_ header: TarHeader) throws -> [UInt8] {
    let size = try header.size()
    guard size >= 0 else { throw ArchiveError.invalidField("size") }
    guard size <= Self.longestExtendedHeader else {
      // No option lifts this.
      throw ArchiveError.malformedHeader(
        reason: "an extended header has more than \(Self.longestExtendedHeader) bytes")
    }
    try count(size)
    var body: [UInt8] = []
    while Int64(body.count) < size {
      let piece = try stream.next(atMost: size - Int64(body.count))
      guard !piece.isEmpty else { throw Self.truncated("header") }
      body.append(contentsOf: piece)
    }
    guard try stream.skip(TarStream.padding(after: size)) == 0 else {
      throw Self.truncated("header")
    }
    return body
  }

  /// Counts what the headers of the current entry take.
  private func count(_ bytes: Int64) throws(ArchiveError) {
    headerBytes += Int(bytes)
    guard headerBytes <= headerLimit else { throw .headerTooLarge(limit: headerLimit) }
  }

  // MARK: one entry

  private func load(_ header: TarHeader, _ extended: ExtendedHeaders) throws {
    let pax = extended.pax
    loadNames(header, extended)
    place = .at
    entry.kind = try kind(header.type)
    entry.permissions = try header.permissions()
    let user = try pax?.userID.map { try PaxRecords.number($0, "user id") }
    entry.userID = try Self.id(user ?? header.userID(), "user id")
    let group = try pax?.groupID.map { try PaxRecords.number($0, "group id") }
    entry.groupID = try Self.id(group ?? header.groupID(), "group id")
    let time = try pax?.modificationTime.map { try PaxRecords.time($0, "time") }
    entry.modificationTime = try time ?? FileTime(seconds: header.time(), nanoseconds: 0)
    entry.accessTime = try pax?.accessTime.map { try PaxRecords.time($0, "access time") }
    if entry.kind == .characterDevice || entry.kind == .blockDevice {
      (entry.deviceMajor, entry.deviceMinor) = try header.device()
    }
    loadAttributes(pax)
    try loadContent(header, pax)
  }

  private func loadNames(_ header: TarHeader, _ extended: ExtendedHeaders) {
    entry.path.removeAll(keepingCapacity: true)
    if let name = extended.longName ?? extended.pax?.path {
      entry.path.append(contentsOf: name)
    } else {
      header.appendName(to: &entry.path)
    }
    entry.linkTarget.removeAll(keepingCapacity: true)
    if let target = extended.longLink ?? extended.pax?.linkTarget {
      entry.linkTarget.append(contentsOf: target)
    } else {
      entry.linkTarget.append(contentsOf: header.linkTarget)
    }
  }

  private func kind(_ type: UInt8) throws -> TarEntry.Kind {
    let isNamedAsFolder = entry.path.last == UInt8(ascii: "/")
    switch type {
    // What has no type is a folder when it is named like one (v7).
    case 0 where isNamedAsFolder: return .directory
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"):
      if isNamedAsFolder { entry.doubts.append(.fileNamedAsFolder) }
      return .regular
    case UInt8(ascii: "1"): return .hardLink
    case UInt8(ascii: "2"): return .symbolicLink
    case UInt8(ascii: "3"): return .characterDevice
    case UInt8(ascii: "4"): return .blockDevice
    case UInt8(ascii: "5"): return .directory
    case UInt8(ascii: "6"): return .fifo
    default:
      let name = printable([type])
      throw ArchiveError.malformedHeader(reason: "entries of type \(name) are not supported")
    }
  }

  /// The largest id means "unchanged" to chown(2).
  private static func id(_ number: Int64, _ field: String) throws(ArchiveError) -> UInt32 {
    guard let id = UInt32(exactly: number), id != .max else { throw .invalidField(field) }
    return id
  }

  private func loadAttributes(_ pax: PaxRecords?) {
    entry.attributes = pax?.attributes ?? []
    entry.hasUnreadableAccessList = false
    guard let pax else { return }
    addAccessList(pax.accessList, Array("system.posix_acl_access".utf8), mode: entry.permissions)
    addAccessList(pax.defaultList, Array("system.posix_acl_default".utf8), mode: nil)
  }

  /// Adds a list that is given as text, unless it is there as what the kernel takes.
  private func addAccessList(_ text: [UInt8]?, _ name: [UInt8], mode: UInt16?) {
    guard let text, !entry.attributes.contains(where: { $0.name == name }) else { return }
    guard var list = TextAccessList(text) else {
      entry.hasUnreadableAccessList = true
      return
    }
    if let mode {
      guard list.isExtended else { return }
      list.adopt(mode: mode)
    }
    entry.attributes.append(ExtendedAttribute(name: name, value: list.value))
  }
}

// MARK: - Content

extension TarReader {
  private func loadContent(_ header: TarHeader, _ pax: PaxRecords?) throws {
    let size = try pax?.size.map { try PaxRecords.number($0, "size") } ?? header.size()
    entry.size = 0
    map = nil
    guard entry.kind == .regular else {
      // A hard link may tell the size of its file; there is no content for it.
      if size != 0, entry.kind != .hardLink { entry.doubts.append(.sizeWithoutContent(size)) }
      return
    }
    guard size >= 0 else { throw ArchiveError.invalidField("size") }
    left = size
    padding = TarStream.padding(after: size)
    entry.size = size
    if header.isOldSparse {
      try loadOldMap(header)
    } else if let sparse = pax?.sparse {
      try loadMap(sparse)
    }
    guard map == nil || map?.dataSize == left else { throw ArchiveError.malformedSparseMap }
  }

  /// The map of the old GNU format, which stands in the header and in blocks behind it.
  private func loadOldMap(_ header: TarHeader) throws {
    let size = try header.sparseSize()
    guard size >= 0 else { throw ArchiveError.invalidField("size") }
    entry.size = size
    var map = SparseFileMap()
    var goesOn = try header.addMap(TarHeader.sparseMap, to: &map, size: size)
    while goesOn {
      let block = try stream.nextBlock()
      guard block.count == TarStream.blockSize else { throw Self.truncated("header") }
      try count(Int64(block.count))
      goesOn = try TarHeader(unchecked: block)
        .addMap(TarHeader.furtherSparseMap, to: &map, size: size)
    }
    self.map = map
  }

  /// The map of a pax format: in the records (0.0 and 0.1), or before the data (1.0).
  private func loadMap(_ sparse: PaxRecords.Sparse) throws {
    let version = [sparse.major, sparse.minor].map {
      $0.map { String(decoding: $0, as: UTF8.self) }
    }
    let isBeforeData = version == ["1", "0"]
    guard
      isBeforeData || version == ["0", "0"] || version == ["0", "1"]
        || (version == [nil, nil] && (sparse.map != nil || !sparse.numbers.isEmpty))
    else { return }
    if let name = sparse.name { entry.path = name }
    if let size = sparse.size ?? sparse.realSize {
      entry.size = try PaxRecords.number(size, "size")
      guard entry.size >= 0 else { throw ArchiveError.invalidField("size") }
    }
    map = isBeforeData ? try readMap() : try SparseFileMap(sparse, size: entry.size)
  }

  /// Reads how many pieces there are, then the offset and length of each, a line for each number; what
  /// fills up the last block of it is no data.
  private func readMap() throws -> SparseFileMap {
    var map = SparseFileMap()
    var line: [UInt8] = []
    var missing: Int64?
    var offset: Int64?
    while missing != 0 {
      guard left >= Int64(TarStream.blockSize) else { throw ArchiveError.malformedSparseMap }
      let block = try stream.nextBlock()
      guard block.count == TarStream.blockSize else { throw Self.truncated("header") }
      left -= Int64(block.count)
      try count(Int64(block.count))
      for byte in block where missing != 0 {
        guard byte == UInt8(ascii: "\n") else {
          line.append(byte)
          continue
        }
        let number = try SparseFileMap.number(line)
        line.removeAll(keepingCapacity: true)
        if let pieces = missing {
          if let start = offset {
            try map.add(start, number, size: entry.size)
            missing = pieces - 1
          }
          offset = offset == nil ? number : nil
        } else {
          missing = number
        }
      }
    }
    return map
  }
}
