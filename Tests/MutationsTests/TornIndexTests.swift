import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// index.json that an in-place writer has left half written.
@Suite struct TornIndexTests {
  private func tornLayout() throws -> (TestLayout, stale: ImageIndex, image: Descriptor) {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let stale = try layout.index()
    try layout.tag("u", to: "b")
    return (layout, stale, try layout.addForeignImage("theirs"))
  }

  @Test func `half of a new file is replaced by the last state and the copy is kept`() throws {
    let (layout, _, image) = try tornLayout()
    let before = try layout.tags()
    let bytes = try layout.foreignBytes(from: layout.index()) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
    }
    let torn = Array(bytes.prefix(bytes.count / 2))
    try layout.writeForeign(torn, .inPlace)
    let status = try layout.status()
    guard case .torn = status.drift else {
      Issue.record("not torn: \(status.drift)")
      return
    }
    #expect(try layout.log().count == 3)
    try layout.tag("v", to: "u")
    #expect(try layout.tags().merging(before) { $1 }.keys.sorted() == ["a", "b", "t", "u", "v"])
    #expect(try layout.log().map(\.kind) == [.tag, .repair, .tag, .tag, .adopt])
    let copy = try #require(
      layout.names(in: ".ocitx/displaced").first { $0.hasPrefix("torn-") })
    #expect(try Files.read(layout.path + "/.ocitx/displaced/" + copy) == torn)
    #expect(try layout.problems() == [])
  }

  @Test func `a short new file with the tail of a longer old one is saved and merged`() throws {
    let (layout, stale, image) = try tornLayout()
    var bytes = layout.foreignBytes(from: stale) {
      $0.append(image.settingAnnotation(Annotations.referenceName, to: "x"))
      $0.replaceEntries(named: "b", with: [])
    }
    bytes += Array("\"tail\":{}}]}".utf8)
    try layout.writeForeign(bytes, .inPlace)
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "t", "u", "x"])
    #expect(try layout.log()[0].kind == .repair)
    #expect(try layout.log()[0].edits.map(\.key) == [.name("b"), .name("x")])
    #expect(try layout.problems() == [])
  }

  @Test func `what a torn file wanted against ours is a conflict`() throws {
    let (layout, stale, image) = try tornLayout()
    try layout.tag("t", to: "b")
    let bytes = layout.foreignBytes(from: stale) {
      $0.replaceEntries(
        named: "t", with: [image.settingAnnotation(Annotations.referenceName, to: "t")])
    }
    try layout.writeForeign(bytes + Array("]}".utf8), .inPlace)
    try layout.recover()
    #expect(try layout.digest("t") == layout.digest("b"))
    #expect(try layout.status().conflicts.map(\.theirs.first?.digest) == [image.digest])
    #expect(try layout.problems() == [])
  }

  @Test func `a torn file of an unknown state is repaired all the same`() throws {
    let (layout, stale, _) = try tornLayout()
    let bytes = layout.foreignBytes(from: stale) {
      $0.setAnnotation(CommitMarker.key, to: "999:kkkkkkkkkkkkkkkk:0123456789abcdef")
    }
    try layout.writeForeign(bytes + Array("]}".utf8), .inPlace)
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u"])
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [false, true])
  func `an operation that died before its swap survives a torn index`(isMoved: Bool) throws {
    let (layout, _, _) = try tornLayout()
    try layout.dieWithTag("v", to: "a")
    let torn = Array(try Files.read(layout.indexPath).dropLast(40))
    try layout.writeForeign(torn, isMoved ? .rename : .inPlace)
    try layout.recover()
    #expect(try layout.tags().keys.sorted() == ["a", "b", "t", "u", "v"])
    #expect(try layout.problems() == [])
  }

  /// Replaces the first place of a text in index.json, in place.
  private func garble(_ layout: TestLayout, _ text: String, by other: String) throws {
    let index = String(decoding: try Files.read(layout.indexPath), as: UTF8.self)
    let garbled = index.replacing(text, with: other, maxReplacements: 1)
    guard garbled != index else { throw TestFailure("no \(text) in \(index)") }
    try layout.writeForeign(Array(garbled.utf8), .inPlace)
  }

  @Test(arguments: [
    ("\"digest\":\"sha256:", "\"digest\":\"sha256:57832"), ("\"size\":", "\"size\":\"x\",\"s\":"),
    ("\"manifests\":[", "\"manifests\":[7,"), ("\"schemaVersion\":2", "\"schemaVersion\":\"\""),
    ("\"annotations\":{", "\"annotations\":[{}],\"x\":{"),
  ])
  func `an index that is JSON and no index stops nobody`(text: String, other: String) throws {
    let (layout, _, _) = try tornLayout()
    let before = try layout.tags()
    try garble(layout, text, by: other)
    guard case .torn = try layout.status().drift else {
      Issue.record("not torn")
      return
    }
    try layout.tag("v", to: "a")
    #expect(try layout.tags().filter { $0.key != "v" } == before)
    #expect(try layout.log().map(\.kind) == [.tag, .repair, .tag, .tag, .adopt])
    #expect(try layout.problems() == [])
    try garble(layout, text, by: other)
    try layout.recover()
    #expect(try layout.problems() == [])
  }

  @Test func `whole new entries are saved from a mixture, and what contradicts ours is told`()
    throws
  {
    let (layout, _, image) = try tornLayout()
    let before = try layout.tags()
    let lost = Descriptor(
      mediaType: .imageManifest, digest: .sha256(of: Array("nowhere".utf8)), size: 7)
    let named = { (descriptor: Descriptor, name: String) in
      descriptor.settingAnnotation(Annotations.referenceName, to: name)
    }
    var bytes = try layout.foreignBytes(from: layout.index()) { index in
      index.append(named(image, "x"))
      index.append(named(image, "t"))
      index.append(named(lost, "y"))
      index.append(named(lost, "u"))
    }
    // Half of an entry of somebody else in front, and the end is missing.
    let text = String(decoding: bytes, as: UTF8.self)
      .replacing(
        "\"manifests\":[", with: "\"manifests\":[{\"mediaType\":\"appl,", maxReplacements: 1)
    bytes = Array(text.utf8.dropLast(3))
    try layout.writeForeign(bytes, .inPlace)
    let report = try layout.recover()
    #expect(report.reconciled.count == 1)
    #expect(try layout.tags().filter { $0.key != "x" } == before)
    #expect(try layout.digest("x") == image.digest)
    #expect(try layout.index().entries.count == before.count + 1)
    #expect(try layout.status().conflicts.map(\.key) == [.name("t"), .name("u"), .name("y")])
    #expect(layout.findings() == [])
    #expect(try layout.problems() == [])
  }

  @Test func `what the history knew once is not saved again`() throws {
    let (layout, stale, _) = try tornLayout()
    try layout.remove("t")
    let tags = try layout.tags()
    try layout.writeForeign(Array(stale.serialized().dropLast(2)), .inPlace)
    try layout.recover()
    #expect(try layout.tags() == tags)
    #expect(try layout.status().conflicts.isEmpty)
    #expect(try layout.problems() == [])
  }

  @Test func `a hostile index is given up in bounded time`() throws {
    let (layout, _, _) = try tornLayout()
    let tags = try layout.tags()
    let bytes =
      [UInt8](repeating: UInt8(ascii: "["), count: 1000)
      + Array(repeating: Array(",{".utf8), count: 500_000).flatMap { $0 }
    try layout.writeForeign(bytes, .inPlace)
    try layout.recover()
    #expect(try layout.tags() == tags)
  }

  @Test func `a torn index is no answer and no crash for readers`() throws {
    let (layout, _, _) = try tornLayout()
    try layout.writeForeign([], .inPlace)
    #expect(throws: LayoutError.self) { try layout.open().readIndex() }
    #expect(try layout.history().index(after: 3).referenceNames.sorted() == ["a", "b", "t", "u"])
  }
}
