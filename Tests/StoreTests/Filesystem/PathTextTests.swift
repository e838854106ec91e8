import Glibc
import Store
import TestSupport
import Testing

/// Paths of any bytes as text.
@Suite struct PathTextTests {
  @Test(
    arguments: [
      Array("plain/päth/😀".utf8), [0xff], [0x61, 0xc3, 0x62], [0xed, 0xa0, 0x80],
      [0xf4, 0x8f, 0xbf, 0xbf], [0xf4, 0x8f, 0xbe, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82],
      [],
    ] as [[UInt8]])
  func `any bytes come back as they were`(bytes: [UInt8]) {
    let text = String(pathBytes: bytes)
    #expect(text.pathBytes == bytes)
    #expect(text.withPath { strlen($0) } == bytes.count)
  }

  @Test func `random bytes come back as they were`() {
    for count in 0..<400 {
      let bytes = RandomBytes.make(count).map { $0 == 0 ? 1 : $0 }
      #expect(String(pathBytes: bytes).pathBytes == bytes)
    }
  }

  @Test func `text that is UTF-8 stays as it is`() {
    for text in ["", "a/b", "ä", "e\u{301}", "😀", "\u{10ff7f}", "\u{100000}"] {
      #expect(String(pathBytes: Array(text.utf8)) == text)
    }
  }

  @Test func `names of any bytes are made, found and removed`() throws {
    let folder = try TemporaryDirectory()
    let directory = try OpenDirectory.open(folder.path)
    let (name, other) = (String(pathBytes: [0x61, 0xff]), String(pathBytes: [0xfe]))
    _ = try directory.createFile(name, policy: CreationPolicy(), "test.create")
    try directory.createDirectory(other, policy: CreationPolicy(), "test.create")
    #expect(
      try directory.rawEntryNames().sorted { $0.count > $1.count } == [[0x61, 0xff], [0xfe]])
    let inner = try OpenDirectory.open(folder(other))
    #expect(try inner.resolvedPath().pathBytes == Array(folder.path.utf8) + [0x2f, 0xfe])
    try directory.link(name, to: inner, as: name, "test.link")
    try directory.rename(name, to: inner, as: other, "test.rename")
    #expect(try inner.status(of: other)?.linkCount == 2)
    #expect(try directory.status(of: name) == nil)
    try directory.removeTree(other, "test.remove")
    #expect(try directory.rawEntryNames() == [])
  }
}
