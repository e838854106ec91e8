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

  @Test func `a torn file of a state that nobody knows is repaired all the same`() throws {
    let (layout, stale, _) = try tornLayout()
    let bytes = layout.foreignBytes(from: stale) {
      $0.setAnnotation(Stamp.key, to: "999:kkkkkkkkkkkkkkkk:0123456789abcdef")
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

  @Test func `a torn index is no answer and no crash for readers`() throws {
    let (layout, _, _) = try tornLayout()
    try layout.writeForeign([], .inPlace)
    #expect(throws: LayoutError.self) { try layout.open().readIndex() }
    #expect(try layout.history().index(after: 3).referenceNames.sorted() == ["a", "b", "t", "u"])
  }
}
