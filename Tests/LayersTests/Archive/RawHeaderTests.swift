import Store
import TestSupport
import Testing

@testable import Layers

/// Headers that tools read differently: here as Go's archive/tar and GNU tar do.
struct RawHeaderTests {
  /// The entries of a stream, as values.
  private func entries(_ make: (inout TarBuilder) -> Void) throws -> [TarEntry] {
    var entries: [TarEntry] = []
    try TarReaderTests.forEach(TarBuilder.make(make)) { entries.append($0.entry) }
    return entries
  }

  private func names(_ make: (inout TarBuilder) -> Void) throws -> [String] {
    try entries(make).map { String(decoding: $0.path, as: UTF8.self) }
  }

  @Test func `an empty pax value takes back an earlier one, and the field of the header stands`()
    throws
  {
    var header = TarBuilder.Header("name")
    (header.userID, header.groupID, header.time) = (7, 8, 99)
    let empty = ["path", "uid", "gid", "mtime", "size", "SCHILY.xattr.user.a"]
    let entry = try #require(
      try entries { tar in
        let before = empty.map { ($0, Array("5".utf8)) }
        tar.pax(before + empty.map { ($0, []) } + [("SCHILY.xattr.user.b", [1])])
        tar.add(header, Array("hi".utf8))
      }.first)
    #expect(entry.path == Array("name".utf8))
    #expect((entry.userID, entry.groupID, entry.modificationTime.seconds) == (7, 8, 99))
    #expect(entry.size == 2)
    #expect(entry.attributes.map(\.name) == [Array("user.b".utf8)])
  }

  @Test(arguments: [
    ("-9223372036854775808", Int64.min, UInt32(0)), ("-9223372036854775807.5", .min, 500_000_000),
    ("9223372036854775807.5", .max, 500_000_000),
  ])
  func `the first and the last time there are can be read`(
    text: String, seconds: Int64, nanoseconds: UInt32
  ) throws {
    let entry = try #require(
      try entries { tar in
        tar.pax([("mtime", Array(text.utf8))])
        tar.file("x")
      }.first)
    #expect(entry.modificationTime.seconds == seconds)
    #expect(entry.modificationTime.nanoseconds == Int64(nanoseconds))
  }

  @Test(arguments: ["-9223372036854775809", "9223372036854775808", "-9223372036854775808.5"])
  func `a time beyond them is refused`(text: String) {
    #expect(throws: ArchiveError.invalidField("time")) {
      try entries { tar in
        tar.pax([("mtime", Array(text.utf8))])
        tar.file("x")
      }
    }
  }

  @Test func `of two records of one keyword the last one counts`() throws {
    let found = try entries { tar in
      tar.pax([
        ("path", Array("first".utf8)), ("SCHILY.xattr.user.a", [1]), ("SCHILY.xattr.user.b", [2]),
        ("path", Array("second".utf8)), ("SCHILY.xattr.user.a", [3]),
      ])
      tar.file("x")
    }
    #expect(found.first?.path == Array("second".utf8))
    #expect(found.first?.attributes.map(\.value) == [[3], [2]])
  }

  @Test(arguments: [true, false])
  func `a hard link has no content, whatever size it tells`(_ isPax: Bool) throws {
    let found = try entries { tar in
      tar.file("a", "hello")
      if isPax { tar.pax([("mtime", Array("5.5".utf8)), ("size", Array("5".utf8))]) }
      var link = TarBuilder.Header("b")
      (link.type, link.size, link.link) = ("1", 5, Array("a".utf8))
      tar.add(link)
      tar.file("c")
    }
    #expect(found.map(\.kind) == [.regular, .hardLink, .regular])
    #expect(found.allSatisfy { $0.doubts.isEmpty })
  }

  @Test(arguments: ["2", "3", "4", "5", "6"] as [Character])
  func `what can have no content has none, and the size is a doubt`(_ type: Character) throws {
    let found = try entries { tar in
      var header = TarBuilder.Header("a")
      (header.type, header.size, header.link) = (type, 512, Array("x".utf8))
      tar.add(header)
      tar.file("next")
    }
    #expect(found.count == 2)
    #expect(found.first?.doubts == [.sizeWithoutContent(512)])
  }

  @Test func `an extended header with nothing behind it says nothing`() throws {
    #expect(
      try names { tar in
        tar.file("a", "x")
        tar.pax([("path", Array("ghost".utf8))])
        tar.gnuLong("L", Array("ghost".utf8))
      } == ["a"])
  }

  @Test func `of two extended headers of a kind the second one counts`() throws {
    let found = try entries { tar in
      tar.pax([("path", Array("first".utf8)), ("uid", Array("5".utf8))])
      tar.pax([("path", Array("second".utf8))])
      tar.file("x")
      tar.gnuLong("L", Array("third".utf8))
      tar.gnuLong("L", Array("fourth".utf8))
      tar.file("x")
    }
    #expect(found.map { String(decoding: $0.path, as: UTF8.self) } == ["second", "fourth"])
    #expect(found.map(\.userID) == [0, 0])
    #expect(found.map(\.doubts) == [[.doubledHeader], [.doubledHeader]])
  }

  @Test func `a global header is passed over, and a doubt when it says something`() throws {
    let found = try entries { tar in
      tar.pax([("comment", Array("commit".utf8))], type: "g")
      tar.file("a")
      tar.pax([("path", Array("b".utf8))])
      tar.pax([("uid", Array("5".utf8))], type: "g")
      tar.file("c")
    }
    #expect(found.map(\.path) == [[0x61], [0x63]])
    #expect(found.map(\.userID) == [0, 0])
    #expect(found.map(\.doubts) == [[], [.globalHeader, .interruptedHeader]])
  }

  @Test(arguments: ["path", "linkpath", "uname", "gname", "GNU.sparse.name"])
  func `a NUL in a name is refused, since readers differ in what it means`(_ keyword: String) {
    #expect(throws: ArchiveError.malformedHeader(reason: "\(keyword) has a NUL in it")) {
      try entries { tar in
        tar.pax([(keyword, Array("a\0b".utf8))])
        tar.file("x")
      }
    }
  }

  @Test func `a long name of GNU goes before one of pax`() throws {
    let found = try names { tar in
      tar.gnuLong("L", Array("gnu\0rest".utf8))
      tar.pax([("path", Array("pax".utf8))])
      tar.file("x")
    }
    #expect(found == ["gnu"])
  }

  @Test func `numbers are octal among blanks, or binary`() throws {
    func entry(_ field: [UInt8]) throws -> TarEntry {
      var block = TarBuilder.Header("a").block
      block.replaceSubrange(136..<148, with: field)
      block.replaceSubrange(148..<156, with: Array("        ".utf8))
      let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
      block.replaceSubrange(148..<156, with: Array("\(sum)\0      ".utf8.prefix(8)))
      var tar = TarBuilder()
      tar.bytes = block
      var found: [TarEntry] = []
      try TarReaderTests.forEach(tar.finished) { found.append($0.entry) }
      return try #require(found.first)
    }
    func text(_ text: String) -> [UInt8] { Array(text.utf8) }
    let cases: [([UInt8], Int64)] = [
      (text("  644 \0     "), 0o644), (text("            "), 0),
      (text("777777777777"), 0o777777777777),
      ([0x80] + [UInt8](repeating: 0, count: 10) + [9], 9),
      ([UInt8](repeating: 0xff, count: 12), -1),
      (
        [0xff] + [UInt8](repeating: 0xff, count: 3) + [0x80] + [UInt8](repeating: 0, count: 7), .min
      ),
    ]
    for (field, expected) in cases {
      #expect(try entry(field).modificationTime.seconds == expected, "\(field)")
    }
    for field in [text("12x4        "), [0x80, 0, 0, 0, 0x80] + [UInt8](repeating: 0, count: 7)] {
      #expect(throws: ArchiveError.invalidField("time")) { try entry(field) }
    }
  }

  @Test(arguments: ["7", "S", "V", "X"] as [Character])
  func `contiguous files are files, and types that images do not have are refused`(
    _ type: Character
  ) throws {
    var header = TarBuilder.Header("a")
    header.type = type
    let read = { try entries { $0.add(header, Array("x".utf8)) } }
    switch type {
    case "7": #expect(try read().first?.size == 1)
    // Its map is missing.
    case "S": #expect(throws: ArchiveError.malformedSparseMap) { try read() }
    default: #expect(throws: ArchiveError.self) { try read() }
    }
  }

  @Test func `a file whose name ends with a slash is a file, which some take for a folder`() throws
  {
    let found = try entries { $0.file("a/") }
    #expect(found.map(\.kind) == [.regular])
    #expect(found.map(\.doubts) == [[.fileNamedAsFolder]])
  }

  @Test func `the attributes of libarchive hold any name`() throws {
    let found = try entries { tar in
      tar.pax([
        ("LIBARCHIVE.xattr.user.a%3Db%25%20c", Array("aGk=".utf8)),
        ("SCHILY.xattr.user.a%3Db c", [1]),
      ])
      tar.file("x")
    }
    #expect(
      found.first?.attributes == [
        ExtendedAttribute(name: Array("user.a=b% c".utf8), value: Array("hi".utf8)),
        ExtendedAttribute(name: Array("user.a%3Db c".utf8), value: [1]),
      ])
  }
}

/// Access control lists as text.
struct TextAccessListTests {
  private func list(_ text: String, mode: UInt16? = nil) -> [UInt8]? {
    var list = TextAccessList(Array(text.utf8))
    if let mode { list?.adopt(mode: mode) }
    return list?.value
  }

  private func value(_ entries: (UInt16, UInt16, UInt32)...) -> [UInt8] {
    entries.reduce([2, 0, 0, 0]) { value, entry in
      let id = (0..<4).map { UInt8(truncatingIfNeeded: entry.2 >> ($0 * 8)) }
      return value + [UInt8(entry.0), 0, UInt8(entry.1), 0] + id
    }
  }

  @Test func `a list becomes what the kernel takes, sorted`() {
    #expect(
      list("other::r-x\ngroup:20:-w-,mask::rwx,user:joe:rwx:1000,user::rw-,group::r-x")
        == value(
          (1, 6, .max), (2, 7, 1000), (4, 5, .max), (8, 2, 20), (16, 7, .max), (32, 5, .max)))
  }

  @Test func `the mode of the header stands`() {
    let text = "user::---,group::r--,user:5:r-x,other::---"
    #expect(
      list(text, mode: 0o775)
        == value((1, 7, .max), (2, 5, 5), (4, 4, .max), (16, 7, .max), (32, 5, .max)))
    #expect(
      list("user::---,group::---,other::---", mode: 0o751)
        == value((1, 7, .max), (4, 5, .max), (32, 1, .max)))
  }

  @Test(arguments: [
    "", "user::rwx", "user::rwx,group::r-x,other::r-x,other::r-x", "user::rwy,group::r,other::r",
    "user:joe:rwx,user::rwx,group::r,other::r", "everyone::r", "user::rwx,group::r,other",
    "user:99999999999:r,user::r,group::r,other::r",
  ])
  func `what cannot be read is none`(_ text: String) { #expect(list(text) == nil) }
}
