import Journal
import Mutations
import Store
import TestSupport
import Testing

/// What `verify --repair` mends, and what it leaves alone.
@Suite struct RepairTests {
  /// Removes a blob together with its kept name.
  private func destroy(_ path: String, in layout: TestLayout) throws {
    try Files.remove(layout.path + "/" + path)
    try Files.remove(layout.path + "/.ocitx/keep/" + path.dropFirst("blobs/".count))
  }

  @Test func `several damaged blobs are one operation that says where they came from`() throws {
    let damaged = try DamagedLayout()
    for kind in ["manifest", "config", "layer"] { try damaged.flip(try damaged.path(kind)) }
    let outcome = try damaged.layout.repair()
    #expect(outcome.restored.map(\.from).sorted() == ["database", "database", "keep"])
    let record = try #require(outcome.record)
    #expect(record.addedBlobs.count == 3)
    #expect(record.details["restored"]?.arrayValue?.elements.count == 3)
    #expect(record.edits.isEmpty)
    #expect(outcome.verification.isSound)
  }

  @Test func `a withdrawn blob comes back from the trash`() throws {
    let damaged = try DamagedLayout()
    let path = try damaged.path("layer")
    let bytes = try damaged.read(path)
    try Files.remove(damaged.layout.path + "/" + damaged.path("kept"))
    try damaged.flip(path)
    let folder = damaged.layout.path + "/.ocitx/trash/llllllllllllllll/sha256"
    try Files.makeDirectory(folder)
    try Files.write(bytes, to: folder + "/" + (path.split(separator: "/").last ?? ""))
    let outcome = try damaged.layout.repair()
    #expect(outcome.restored.map(\.from) == ["trash"])
    #expect(outcome.verification.isSound)
    #expect(try damaged.read(path) == bytes)
  }

  @Test func `a damaged copy is never used`() throws {
    let damaged = try DamagedLayout()
    try damaged.flip(try damaged.path("layer"))
    try damaged.flip(try damaged.path("kept"))
    let outcome = try damaged.layout.repair()
    #expect(outcome.restored.isEmpty)
    #expect(outcome.record == nil)
    #expect(
      outcome.verification.findings.map(\.code.rawValue) == ["blob-digest", "kept-digest"])
  }

  @Test func `a broken tag goes only when it is named`() throws {
    let damaged = try DamagedLayout()
    try destroy(try damaged.path("layer"), in: damaged.layout)
    let first = try damaged.layout.repair()
    #expect(!first.verification.isSound)
    #expect(first.record == nil)
    #expect(first.notes.contains { $0.description.contains("is nowhere") })
    let tags = ["a", "b", "t", "u", "v"]
    let outcome = try damaged.layout.repair(removing: tags)
    #expect(outcome.removedTags == tags)
    let left = try LayoutAudit.tags(of: damaged.layout.path) ?? []
    #expect(left.map { $0.prefix(5) } == ["long="])
    #expect(outcome.verification.isSound)
    // Bringing the tags back would bring back what they lack.
    let record = try #require(outcome.record)
    #expect(throws: JournalError.self) { try damaged.layout.run(UndoOperation(record)) }
  }

  @Test func `a whole tag is not removed`() throws {
    let damaged = try DamagedLayout()
    #expect(throws: RepairError.wholeTag("t")) {
      try damaged.layout.repair(removing: ["t"])
    }
    try damaged.flip(try damaged.path("layer"))
    // What can be mended is no reason to remove anything.
    #expect(throws: RepairError.wholeTag("t")) {
      try damaged.layout.repair(removing: ["t"])
    }
    #expect(throws: ReferenceError.self) {
      try damaged.layout.repair(removing: ["no-such-tag"])
    }
  }

  @Test func `a layout without a journal is verified, and repair makes none`() throws {
    let layout = try TestLayout()
    #expect(try layout.verify().findings == [])
    #expect(try layout.repair().verification.isSound)
    #expect(!Files.exists(layout.path + "/.ocitx"))
    let digest = try #require(try layout.digest("a"))
    try Files.remove(layout.path + "/blobs/" + BlobStore.relativePath(of: digest))
    #expect(try !layout.repair().verification.isSound)
    #expect(!Files.exists(layout.path + "/.ocitx"))
  }

  @Test func `what lies behind a missing manifest is checked through its copy`() throws {
    let damaged = try DamagedLayout()
    try Files.remove(damaged.layout.path + "/" + damaged.path("manifest"))
    try damaged.flip(try damaged.path("layer"))
    let codes = try damaged.layout.damage()
    #expect(codes.contains("blob-digest") && codes.contains("blob-missing"))
    _ = try damaged.layout.repair()
    #expect(try damaged.layout.damage() == [])
  }

  @Test func `a damaged kept file that is the blob itself is told as both`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let names = try Files.names(in: layout.path + "/.ocitx/keep/sha256")
    let path = layout.path + "/blobs/sha256/" + (try #require(names.first))
    var bytes = try Files.read(path)
    bytes[0] ^= 1
    try Files.write(bytes, to: path)
    #expect(try layout.damage() == ["blob-digest", "kept-digest"])
  }

  @Test func `a marker without a journal is not made up`() throws {
    let layout = try TestLayout()
    try Files.write("{}", to: layout.path + "/oci-layout")
    #expect(throws: LayoutError.self) { try layout.repair() }
    #expect(try Files.read(layout.path + "/oci-layout") == Array("{}".utf8))
  }
}
