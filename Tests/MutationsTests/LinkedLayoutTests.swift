import Glibc
import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// Layouts that are put together of symbolic links, as Bazel and Nix make them: read like any other,
/// changed only where the link itself can be replaced.
@Suite struct LinkedLayoutTests {
  /// Moves a part of a layout out of it and leaves a symbolic link.
  private func moveAway(_ name: String, of layout: TestLayout) throws {
    let path = layout.path + "/" + name
    let store = layout.folder("store")
    try Files.makeDirectory(store)
    let target = store + "/" + name.replacing("/", with: "-")
    guard rename(path, target) == 0 else { throw TestFailure("rename \(path): \(errno)") }
    try Files.link(path, to: target)
  }

  private func moveBlobsAway(of layout: TestLayout) throws {
    for name in try layout.names(in: "blobs/sha256") {
      try moveAway("blobs/sha256/" + name, of: layout)
    }
  }

  private func bytes(_ layout: TestLayout) throws -> [[UInt8]] {
    try layout.open().readIndex().index.entries.map {
      try layout.open().blobs.readDocument($0.descriptor)
    }
  }

  @Test(arguments: ["index.json", "oci-layout", "blobs", "blobs/sha256", "every blob"])
  func `a layout is read through symbolic links`(part: String) throws {
    let layout = try TestLayout()
    let documents = try bytes(layout)
    if part == "every blob" {
      try moveBlobsAway(of: layout)
    } else {
      try moveAway(part, of: layout)
    }
    #expect(try bytes(layout) == documents)
    #expect(layout.findings() == [])
  }

  @Test(arguments: ["index.json", "blobs", "blobs/sha256"])
  func `a layout whose changing parts are links is not changed`(part: String) throws {
    let layout = try TestLayout()
    try moveAway(part, of: layout)
    let before = try Files.listing(layout.folder(""))
    let error = #expect(throws: JournalError.self) { try layout.tag("t", to: "a") }
    #expect(error?.category == .unsupported)
    #expect(error?.description.contains(part + " is a symbolic link") == true)
    #expect(throws: JournalError.self) { try layout.recover() }
    #expect(try Files.listing(layout.folder("")) == before)
    #expect(try !layout.open().isWritable)
  }

  @Test func `a layout of linked blobs is changed and keeps what it needs`() throws {
    let layout = try TestLayout()
    try moveBlobsAway(of: layout)
    try layout.tag("t", to: "a")
    try layout.tag("a", to: "b")
    #expect(try layout.problems() == [])
    // What its links lead to goes away; the history still has what it needs.
    try Files.remove(layout.folder("store"))
    #expect(!layout.findings().isEmpty)
    try layout.recover()
    #expect(try layout.problems() == [])
    #expect(try layout.digest("a") == layout.digest("b"))
    try layout.run(UndoOperation(layout.log()[0]))
    #expect(try layout.digest("a") == layout.digest("t"))
    #expect(try layout.problems() == [])
  }

  @Test(arguments: ["good", "bad", "dangling"])
  func `a blob is never written through a link`(kind: String) throws {
    let layout = try TestLayout()
    let content = Array("new content".utf8)
    let digest = Digest.sha256(of: content)
    let target = layout.folder("target")
    if kind != "dangling" { try Files.write(kind == "good" ? content : [1, 2], to: target) }
    let path = layout.path + "/blobs/" + BlobStore.relativePath(of: digest)
    try Files.link(path, to: target)
    let journal = try OperationJournal(
      writing: layout.open(), layout.invocation, WritingOptions(durability: .relaxed))
    var transaction = try journal.begin(.new, stages: true)
    _ = try transaction.stagingArea().stage(content)
    let prepared = try transaction.prepare { _ in .init(edits: [], isForced: true) }
    _ = try prepared?.commit()
    #expect(
      try layout.open().blobs.directory.status(of: "sha256/" + digest.encoded)?.kind == .regular)
    #expect(try Files.read(path) == content)
    switch kind {
    case "good": #expect(try Files.read(target) == content)
    case "bad": #expect(try Files.read(target) == [1, 2])
    default: #expect(!Files.exists(target))
    }
  }

  @Test func `a link to what never ends, or to nothing, is told at once`() throws {
    let layout = try TestLayout()
    let fifo = layout.folder("fifo")
    #expect(mkfifo(fifo, 0o600) == 0)
    let descriptor = try layout.descriptor("a")
    let path = layout.path + "/blobs/" + BlobStore.relativePath(of: descriptor.digest)
    for (target, category) in [
      (fifo, FailureCategory.invalidContent), ("/dev/zero", .invalidContent),
      (path, .invalidContent),
      (layout.folder("nowhere"), .notFound), (layout.folder(""), .invalidContent),
    ] {
      try Files.remove(path)
      try Files.link(path, to: target)
      let error = #expect(throws: BlobError.self) {
        try layout.open().blobs.readDocument(descriptor)
      }
      #expect(error?.category == category, "\(target)")
    }
  }
}
