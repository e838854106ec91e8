import Journal
import Store
import TestSupport
import Testing

@testable import Mutations

/// Images that are named by their digest, or by the beginning of it.
@Suite struct ImageDigestTests {
  private let now = Timestamp(secondsSinceEpoch: 0)

  @discardableResult
  private func tag(
    _ name: String, to digest: String, in layout: TestLayout
  ) throws -> OperationRecord? {
    let source = ImageSource(try ImageReference(parsing: "@" + digest, now: now))
    return try layout.run(SetTag(try ReferenceName(parsing: name), to: source))
  }

  private func failure(_ body: () throws -> Void) -> ReferenceError? {
    #expect(throws: ReferenceError.self, performing: body)
  }

  @Test func `an entry without a tag is tagged by its digest and stays`() throws {
    let layout = try TestLayout { $0.tag(nil, try $0.addImage(["nobody's"])) }
    let image = try layout.index().entries[0].descriptor
    try tag("x", to: image.digest.shortForm, in: layout)
    #expect(try layout.digest("x") == image.digest)
    #expect(try layout.index().entries.map(\.referenceName) == [nil, "x"])
    #expect(try layout.problems() == [])
  }

  @Test func `an image of an index is tagged alone, and the index as it is`() throws {
    let layout = try TestLayout { builder in
      let images = try ["linux/amd64", "linux/arm64"].map {
        try builder.addImage([$0], platform: $0).withPlatform($0)
      }
      builder.tag("multi", try builder.addIndex(images))
    }
    let index = try layout.descriptor("multi")
    let image = try DocumentChildren.descriptors(
      in: layout.open().blobs.readDocument(index), of: index)[1]
    try tag("arm", to: image.digest.description, in: layout)
    try tag("all", to: index.digest.shortForm, in: layout)
    #expect(try layout.digest("arm") == image.digest)
    #expect(try layout.descriptor("arm").mediaType == .imageManifest)
    #expect(try layout.digest("all") == index.digest)
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [false, true])
  func `an image that only the history keeps comes back`(isCollected: Bool) throws {
    let layout = try TestLayout()
    let image = try layout.descriptor("b")
    try layout.remove("b")
    if isCollected { try layout.collect() } else { try layout.collectForeign() }
    #expect(!layout.blobExists(image.digest))
    try tag("rescued", to: image.digest.shortForm, in: layout)
    #expect(try layout.digest("rescued") == image.digest)
    #expect(try layout.problems() == [])
  }

  @Test func `an image that lies in blobs and that nothing knows is found`() throws {
    let layout = try TestLayout()
    let image = try layout.addForeignImage("orphan")
    try tag("x", to: image.digest.shortForm, in: layout)
    #expect(try layout.descriptor("x").mediaType == .imageManifest)
    #expect(try layout.problems() == [])
  }

  @Test func `an unknown digest is not found, and nothing happens`() throws {
    let layout = try TestLayout()
    let before = try Files.listing(layout.path)
    let error = failure { _ = try tag("x", to: "000000", in: layout) }
    #expect(error?.category == .notFound)
    #expect(try Files.listing(layout.path) == before)
  }

  @Test func `an ambiguous beginning lists what it may be`() throws {
    let layout = try TestLayout()
    let builder = try LayoutBuilder(at: layout.folder("other"))
    var byPrefix: [Substring: String] = [:]
    var texts: [String] = []
    // Of some thousand digests two begin alike: the birthday of six digits.
    for number in 0..<20_000 where texts.isEmpty {
      let document = Array("{\"manifests\":[],\"schemaVersion\":2,\"n\":\(number)}".utf8)
      let prefix = Digest.sha256(of: document).encoded.prefix(6)
      let text = String(decoding: document, as: UTF8.self)
      if let first = byPrefix.updateValue(text, forKey: prefix) { texts = [first, text] }
    }
    try #require(texts.count == 2)
    let indexes = try texts.map { try builder.addBlob($0, mediaType: .imageIndex) }
    builder.tag("one", indexes[0])
    builder.tag(nil, indexes[1])
    try builder.finish()
    let other = TestLayout(sharing: layout, at: builder.path)
    let error = failure {
      _ = try tag("x", to: String(indexes[0].digest.encoded.prefix(6)), in: other)
    }
    #expect(error?.category == .usage)
    #expect(error?.causes.count == 2)
    for index in indexes {
      #expect(error?.causes.contains { $0.contains(index.digest.encoded) } == true)
    }
    // Only one of them has no tag.
    try other.run(
      RemoveTag(untagged: DigestPrefix(parsing: String(indexes[1].digest.encoded.prefix(6)))))
    #expect(try other.index().entries.count == 1)
  }

  @Test func `by its digest an entry without a tag is removed, and undo brings it back`() throws {
    let layout = try TestLayout { builder in
      try TestLayout.twoImages(builder)
      builder.tag(nil, try builder.addImage(["nobody's"]))
    }
    let image = try layout.index().entries[2].descriptor
    let prefix = try DigestPrefix(parsing: image.digest.shortForm)
    let record = try #require(try layout.run(RemoveTag(untagged: prefix)))
    #expect(record.edits.map(\.key) == [.unnamed(image.digest)])
    #expect(try layout.index().referenceNames == ["a", "b"])
    #expect(try layout.index().entries.count == 2)
    #expect(failure { try layout.run(RemoveTag(untagged: prefix)) }?.category == .notFound)
    try layout.run(UndoOperation(record))
    #expect(try layout.index().entries.count == 3)
    #expect(try layout.problems() == [])
  }

  @Test func `what has tags is not removed by its digest`() throws {
    let layout = try TestLayout()
    let prefix = DigestPrefix(try layout.descriptor("a").digest)
    let error = #expect(throws: ImageError.self) {
      try layout.run(RemoveTag(untagged: prefix))
    }
    #expect(error == .tagged(prefix.description, tags: ["a"]))
  }

  @Test func `a tag is expected to be what its digest begins with, or what another tag is`() throws
  {
    let layout = try TestLayout()
    let (first, second) = (try layout.descriptor("a").digest, try layout.descriptor("b").digest)
    let set = { (expected: String) throws in
      try layout.run(
        SetTag(
          ReferenceName(parsing: "a"), to: ImageSource(ImageReference(parsing: "b", now: now))),
        expecting: .image(try ImageReference(parsingOperand: expected, now: now)))
    }
    for expected in [second.shortForm, "b", second.description] {
      let error = #expect(throws: JournalError.self) { try set(expected) }
      #expect(error?.category == .busy)
    }
    #expect(throws: ReferenceError.self) { try set("nosuch") }
    #expect(try set(first.shortForm) != nil)
    #expect(try layout.digest("a") == second)
    #expect(try set("b") == nil)
  }

  @Test func `a tag that looks like a digest is the tag`() throws {
    let layout = try TestLayout()
    let digest = try layout.descriptor("b").digest
    let name = String(digest.encoded.prefix(8))
    let reference = try ImageReference(parsingOperand: name, now: now)
    #expect(reference.settled(in: try layout.index()) == .digest(try DigestPrefix(parsing: name)))
    try layout.tag(name, to: "a")
    let lookup = ImageLookup(
      try layout.open(), history: try layout.history(), index: try layout.index(),
      layout.invocation)
    #expect(try lookup.path(to: reference).target.digest == layout.digest("a"))
    let exact = try ImageReference(parsingOperand: "@" + name, now: now)
    #expect(try lookup.path(to: exact).target.digest == digest)
  }
}
