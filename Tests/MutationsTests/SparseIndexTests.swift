import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// A layout need not have the images of every platform; what was missing before an operation stops none
/// that does not need it.
@Suite struct SparseIndexTests {
  /// A layout with an index `multi` of two platforms, of which `linux/arm64` is not there, and an image `a`.
  private func sparse() throws -> TestLayout {
    try TestLayout { builder in
      builder.tag("a", try builder.addImage(["a"]))
      let images = try ["linux/amd64", "linux/arm64"].map {
        try builder.addImage([$0], platform: $0).withPlatform($0)
      }
      builder.tag("multi", try builder.addIndex(images))
      try Files.remove(builder.path(of: images[1].digest))
    }
  }

  private func edit(_ source: String, _ tag: String, author: String) throws -> EditConfig {
    let reference = try ImageReference(
      parsing: source, now: Timestamp(secondsSinceEpoch: 0))
    return EditConfig(
      ImageSource(reference), platform: try Platform(parsing: "linux/amd64"),
      to: try ReferenceName(parsing: tag), edits: [.author(author)])
  }

  private func missing(_ layout: TestLayout) -> Set<String> {
    Set(layout.findings().filter { $0.code == .blobMissing }.map(\.subject))
  }

  @Test func `one platform is edited, from the tag and from its past`() throws {
    let layout = try sparse()
    let absent = missing(layout)
    try layout.run(edit("multi", "multi", author: "one"))
    try layout.run(edit("multi@{1}", "old", author: "two"))
    #expect(try layout.tags().keys.sorted() == ["a", "multi", "old"])
    #expect(missing(layout) == absent && absent.count == 1)
  }

  @Test func `it is tagged, removed, brought back, restored and collected`() throws {
    let layout = try sparse()
    let start = try layout.descriptor("multi").digest
    let whole = try ImageSource(
      ImageReference(parsing: "multi", now: Timestamp(secondsSinceEpoch: 0)), isWhole: true)
    try layout.run(SetTag(ReferenceName(parsing: "copy"), to: whole))
    try layout.remove("multi")
    try layout.remove("copy")
    let removal = try layout.log()[0]
    try layout.run(UndoOperation(removal))
    #expect(try layout.tags()["copy"] == start)
    let first = try #require(try layout.log().last)
    try layout.run(RestoreState(to: first))
    #expect(try layout.tags()["multi"] == start)
    let orphan = try layout.addForeignImage("nobody's")
    try layout.collect()
    #expect(!layout.blobExists(orphan.digest) && layout.blobExists(start))
  }

  @Test func `it is put back when another tool overwrites it`() throws {
    let layout = try sparse()
    let start = try layout.descriptor("multi").digest
    try layout.tag("x", to: "a")
    let stale = try layout.index()
    try layout.run(edit("multi", "multi", author: "one"))
    let edited = try layout.descriptor("multi").digest
    let theirs = try layout.addForeignImage("theirs")
    try layout.writeForeign(
      layout.foreignBytes(from: stale) {
        $0.append(theirs.settingAnnotation(Annotations.referenceName, to: "y"))
      })
    let report = try layout.recover()
    #expect(edited != start && report.notes.isEmpty, "\(report.notes)")
    #expect(try layout.tags()["multi"] == edited)
    #expect(try layout.tags()["y"] == theirs.digest)
  }

  @Test func `what is lost later stops what brings it back, and nothing else`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "b")
    let lost = try #require(try layout.content(of: layout.descriptor("b")).last)
    try Files.remove("\(layout.path)/blobs/" + BlobStore.relativePath(of: lost))
    let kept = "\(layout.path)/.ocitx/keep/" + BlobStore.relativePath(of: lost)
    if Files.exists(kept) { try Files.remove(kept) }
    // index.json misses it before and after.
    try layout.tag("d", to: "b")
    for tag in ["b", "c", "d"] { try layout.remove(tag) }
    let error = #expect(throws: JournalError.self) {
      try layout.run(UndoOperation(layout.log()[0]))
    }
    guard case .missingContent([lost], _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(try layout.problems() == [])
  }

  @Test func `content that was never there is not taken from a tool`() throws {
    let layout = try sparse()
    let builder = try LayoutBuilder(at: layout.folder("other"))
    let index = try builder.addIndex([builder.addImage(["elsewhere"])])
    try Files.write(
      Files.read(builder.path(of: index.digest)),
      to: "\(layout.path)/blobs/" + BlobStore.relativePath(of: index.digest))
    let source = ImageSource(.digest(DigestPrefix(index.digest)))
    #expect(throws: JournalError.self) {
      try layout.run(SetTag(ReferenceName(parsing: "new"), to: source))
    }
  }
}
