import Store
import TestSupport
import Testing

@testable import Layers

/// Reading tar streams of every dialect, strictly.
struct TarReaderTests {
  /// A stream in pieces of one size.
  final class Pieces: TarInput {
    private var rest: ArraySlice<UInt8>
    private let size: Int
    private var piece: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8], size: Int) {
      rest = bytes[...]
      self.size = size
      piece = .allocate(byteCount: size, alignment: 1)
    }

    deinit { piece.deallocate() }

    func nextPiece() -> UnsafeRawBufferPointer? {
      if rest.isEmpty { return nil }
      let count = min(size, rest.count)
      piece.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return UnsafeRawBufferPointer(rebasing: piece[..<count])
    }
  }

  struct Entry: Equatable {
    var path: String
    var kind: TarEntry.Kind
    var content: [UInt8] = []
    var link = ""
  }

  static func read(_ bytes: [UInt8], pieceSize: Int = 65536, headerLimit: Int = 2 << 20) throws
    -> [Entry]
  {
    var entries: [Entry] = []
    try forEach(bytes, pieceSize: pieceSize, headerLimit: headerLimit) { reader in
      var entry = Entry(
        path: String(decoding: reader.entry.path, as: UTF8.self), kind: reader.entry.kind,
        link: String(decoding: reader.entry.linkTarget, as: UTF8.self))
      if reader.entry.kind == .regular {
        try #require(reader.entry.size < 1 << 24)
        entry.content = [UInt8](repeating: 0, count: Int(reader.entry.size))
        try reader.forEachPiece { piece, offset in
          entry.content.replaceSubrange(Int(offset)..<Int(offset) + piece.count, with: piece)
        }
      }
      entries.append(entry)
    }
    return entries
  }

  static func forEach(
    _ bytes: [UInt8], pieceSize: Int = 65536, headerLimit: Int = 2 << 20,
    _ body: (TarReader) throws -> Void
  ) throws {
    let reader = TarReader(Pieces(bytes, size: pieceSize), headerLimit: headerLimit)
    while try reader.advance() { try body(reader) }
  }

  @Test(arguments: [1, 300, 512, 65536], [true, false])
  func `an archive may end with its last content, or the block of it`(
    _ pieceSize: Int, _ isRead: Bool
  ) throws {
    var tar = TarBuilder()
    tar.file("first", "content")
    tar.file("last", String(repeating: "x", count: 700))
    for missing in [0, 1, 200, 324] {
      let cut = Array(tar.bytes.dropLast(missing))
      var names: [String] = []
      try Self.forEach(cut, pieceSize: pieceSize) { reader in
        names.append(String(decoding: reader.entry.path, as: UTF8.self))
        if isRead { try reader.forEachPiece { _, _ in } }
      }
      #expect(names == ["first", "last"], "\(missing) bytes missing")
    }
    for missing in [325, 500, 800, 1100] {
      #expect(throws: ArchiveError.self, "\(missing) bytes missing") {
        try Self.forEach(Array(tar.bytes.dropLast(missing)), pieceSize: pieceSize) { reader in
          if isRead { try reader.forEachPiece { _, _ in } }
        }
      }
    }
  }

  @Test(arguments: [1, 511, 512, 1000, 65536])
  func `entries are the same whatever the pieces`(_ pieceSize: Int) throws {
    let long = String(repeating: "long/", count: 60) + "name"
    let content = String(repeating: "content ", count: 300)
    let layer = TarBuilder.make { tar in
      tar.directory("dir/")
      tar.file("dir/file", content)
      tar.symbolicLink("link", to: "dir/file")
      tar.hardLink("hard", to: "dir/file")
      tar.pax([("path", Array(long.utf8))])
      tar.file("short", "pax")
      tar.gnuLong("L", Array(long.utf8))
      tar.file("short", "gnu")
      tar.gnuLong("K", Array(long.utf8))
      tar.symbolicLink("to-long", to: "short")
      tar.pax([("comment", Array("global".utf8))], type: "g")
      tar.special("fifo", type: "6")
      tar.special("null", type: "3", device: (1, 3))
      tar.file("empty")
    }
    #expect(
      try Self.read(layer, pieceSize: pieceSize) == [
        Entry(path: "dir/", kind: .directory),
        Entry(path: "dir/file", kind: .regular, content: Array(content.utf8)),
        Entry(path: "link", kind: .symbolicLink, link: "dir/file"),
        Entry(path: "hard", kind: .hardLink, link: "dir/file"),
        Entry(path: long, kind: .regular, content: Array("pax".utf8)),
        Entry(path: long, kind: .regular, content: Array("gnu".utf8)),
        Entry(path: "to-long", kind: .symbolicLink, link: long),
        Entry(path: "fifo", kind: .fifo), Entry(path: "null", kind: .characterDevice),
        Entry(path: "empty", kind: .regular),
      ])
  }

  @Test func `numbers, times and attributes of pax records are read`() throws {
    let layer = TarBuilder.make { tar in
      tar.pax([
        ("uid", Array("3000000000".utf8)), ("gid", Array("2097152".utf8)),
        ("mtime", Array("1600000000.123456789".utf8)), ("atime", Array("7.5".utf8)),
        ("SCHILY.xattr.user.binary", [0, 1, 0x0a, 0x3d, 255]),
        ("LIBARCHIVE.xattr.user.other", Array("aGVsbG8".utf8)),
      ])
      tar.file("file")
    }
    try Self.forEach(layer) { reader in
      let entry = reader.entry
      #expect(entry.userID == 3_000_000_000)
      #expect(entry.groupID == 2_097_152)
      #expect(
        entry.modificationTime == FileTime(seconds: 1_600_000_000, nanoseconds: 123_456_789))
      #expect(entry.accessTime == FileTime(seconds: 7, nanoseconds: 500_000_000))
      #expect(
        entry.attributes == [
          ExtendedAttribute(name: Array("user.binary".utf8), value: [0, 1, 0x0a, 0x3d, 255]),
          ExtendedAttribute(name: Array("user.other".utf8), value: Array("hello".utf8)),
        ])
    }
  }

  @Test(arguments: [
    ("-1.5", Int64(-2), Int64(500_000_000)), ("-0.25", -1, 750_000_000), ("-1", -1, 0),
    ("0.25", 0, 250_000_000), ("-0", 0, 0), ("-7.999999999", -8, 1),
  ])
  func `times before 1970 keep their fraction`(
    text: String, seconds: Int64, nanoseconds: Int64
  ) throws {
    // Behind enough other entries, so that headers also lie across two pieces of the stream.
    for padding in [0, 1, 2] {
      let layer = TarBuilder.make { tar in
        for number in 0..<padding { tar.file("f\(number)", "x") }
        tar.pax([("mtime", Array(text.utf8)), ("atime", Array("0.5".utf8))])
        tar.file("file")
        tar.pax([("mtime", Array("-0.5".utf8))])
        tar.file("after")
      }
      try Self.forEach(layer) { reader in
        guard reader.entry.path == Array("file".utf8) else { return }
        #expect(
          reader.entry.modificationTime == FileTime(seconds: seconds, nanoseconds: nanoseconds))
        #expect(reader.entry.accessTime == FileTime(seconds: 0, nanoseconds: 500_000_000))
      }
    }
  }

  @Test func `UTF-8 names of pax records come as they are`() throws {
    // Both normal forms, which no part of the way may turn into each other.
    let names = ["é", "e\u{301}", "日本語", "\u{1F600}"]
    let layer = TarBuilder.make { tar in
      for name in names {
        tar.pax([("path", Array(name.utf8)), ("linkpath", Array((name + "!").utf8))])
        tar.symbolicLink("substitute", to: "x")
      }
    }
    var found: [[UInt8]] = []
    var links: [[UInt8]] = []
    try Self.forEach(layer) {
      found.append($0.entry.path)
      links.append($0.entry.linkTarget)
    }
    #expect(found == names.map { Array($0.utf8) })
    #expect(links == names.map { Array(($0 + "!").utf8) })
  }

  @Test func `v7 names that end in a slash are directories`() throws {
    var header = TarBuilder.Header("old/")
    header.magic = []
    header.type = "\0"
    var builder = TarBuilder()
    builder.add(header)
    #expect(try Self.read(builder.finished) == [Entry(path: "old/", kind: .directory)])
  }

  @Test func `a ustar prefix is joined`() throws {
    var header = TarBuilder.Header("name")
    header.prefix = Array("some/prefix".utf8)
    var builder = TarBuilder()
    builder.add(header)
    #expect(try Self.read(builder.finished).map(\.path) == ["some/prefix/name"])
  }

  @Test func `a stream without an end marker ends at a block boundary`() throws {
    var builder = TarBuilder()
    builder.file("file", "content")
    #expect(try Self.read(builder.bytes).count == 1)
    #expect(try Self.read([]) == [])
    #expect(try Self.read([UInt8](repeating: 0, count: 512)) == [])
    #expect(try Self.read([UInt8](repeating: 0, count: 10240)) == [])
  }

  @Test func `what follows the two zero blocks is padding`() throws {
    let layer = TarBuilder.make { $0.file("file") }
    #expect(try Self.read(layer + [UInt8](repeating: 7, count: 512)).count == 1)
  }

  // MARK: damage

  @Test(arguments: [512, 1024, 1536])
  func `data after a single zero block is refused`(_ pieceSize: Int) {
    var builder = TarBuilder()
    builder.file("first")
    builder.bytes += [UInt8](repeating: 0, count: 512)
    builder.file("hidden")
    #expect(throws: ArchiveError.dataAfterEndMarker) {
      try Self.read(builder.finished, pieceSize: pieceSize)
    }
  }

  @Test func `a truncated stream is refused unless the content of its last entry is there`() {
    var builder = TarBuilder()
    builder.file("first", String(repeating: "x", count: 700))
    let boundary = 512 + 700...builder.bytes.count
    builder.pax([("path", Array("second".utf8))])
    builder.file("second", "y")
    let bytes = builder.bytes
    for count in stride(from: 1, to: bytes.count - 511, by: 37) where !boundary.contains(count) {
      #expect(throws: ArchiveError.self, "\(count)") { try Self.read(Array(bytes.prefix(count))) }
    }
  }

  @Test func `a stream at an odd offset is refused`() {
    var builder = TarBuilder()
    builder.file("first", "x")
    for shift in [1, 7, 511] {
      var bytes = builder.bytes
      bytes.insert(contentsOf: [UInt8](repeating: 0, count: shift), at: bytes.count)
      bytes += builder.finished
      #expect(throws: ArchiveError.self, "\(shift)") { try Self.read(bytes) }
    }
  }

  @Test func `a flipped bit in a header is refused`() {
    let layer = TarBuilder.make { $0.file("file", "content") }
    for index in 0..<512 where !(148..<156).contains(index) {
      for bit in 0..<8 {
        var damaged = layer
        damaged[index] ^= 1 << UInt8(bit)
        #expect(throws: ArchiveError.self, "\(index) \(bit)") { try Self.read(damaged) }
      }
    }
  }

  @Test(arguments: [
    "nonsense", "8 path=x\n", "12 path=x\n", "0 path=x\n", "999999999999 path=x\n",
    "9999999 path=x\n", "7 path\n", "8 =path\n", "-8 path=x\n", "9 path=xy",
  ])
  func `a malformed pax record is refused`(_ record: String) {
    var builder = TarBuilder()
    var header = TarBuilder.Header("PaxHeaders/x")
    header.type = "x"
    builder.add(header, Array(record.utf8))
    builder.file("file")
    #expect(throws: ArchiveError.self) { try Self.read(builder.finished) }
  }

  @Test(arguments: ["x", "g", "L", "K"] as [Character])
  func `a lying size of an extended header costs no memory`(_ type: Character) {
    for size in [Int64(1 << 20) + 1, 1 << 30, 0o77777777777] {
      var header = TarBuilder.Header("lie")
      header.type = type
      header.size = size
      var builder = TarBuilder()
      builder.add(header)
      builder.file("file")
      #expect(throws: ArchiveError.self) { try Self.read(builder.finished) }
    }
  }

  @Test func `endless extended headers are refused`() {
    let layer = TarBuilder.make { tar in
      for _ in 0..<100_000 { tar.pax([("comment", [0x78])], type: "g") }
      tar.file("file")
    }
    #expect(throws: ArchiveError.self) { try Self.read(layer) }
  }
}
