import Store
import TestSupport
import Testing

/// What is behind a name may be made to hurt; it must not.
@Suite struct ReferenceLimitsTests {
  private let folder: TemporaryDirectory
  private let builder: LayoutBuilder

  init() throws {
    folder = try TemporaryDirectory()
    builder = try LayoutBuilder(at: folder("layout"))
  }

  private func expectTooComplex(_ reads: inout Int) throws {
    let layout = try builder.finish()
    let index = try layout.readIndex().index
    var count = 0
    let error = #expect(throws: ReferenceError.self) {
      try References.resolve("hostile", in: index) { descriptor in
        count += 1
        return try layout.blobs.readDocument(descriptor)
      }
    }
    reads = count
    guard case .tooComplex("hostile", _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(error?.category == .invalidContent)
  }

  @Test func `thirty-two levels are followed and one more is not`() throws {
    let image = try builder.addImage()
    var top = image
    for _ in 0..<32 { top = try builder.addIndex([top]) }
    builder.tag("deep", top)
    builder.tag("hostile", try builder.addIndex([top]))
    let layout = try builder.finish()
    let path = try References.resolveOne(
      "deep", in: layout.readIndex().index, read: { try layout.blobs.readDocument($0) })
    #expect(path.descriptors.count == 33)
    var reads = 0
    try expectTooComplex(&reads)
  }

  @Test func `a small graph with a billion paths is refused after reading each document once`()
    throws
  {
    var level = try builder.addImage()
    // Thirty documents, each naming the one below twice: 2^30 paths.
    for _ in 0..<30 { level = try builder.addIndex([level, level]) }
    builder.tag("hostile", level)
    var reads = 0
    try expectTooComplex(&reads)
    #expect(reads <= 30)
  }

  @Test func `an index that no sensible image has is refused`() throws {
    let image = try builder.addImage()
    builder.tag("hostile", try builder.addIndex(Array(repeating: image, count: 20_000)))
    var reads = 0
    try expectTooComplex(&reads)
    #expect(reads == 1)
  }

  @Test func `thousands of empty indexes are refused`() throws {
    let children = try (0..<1100).map { number in
      try builder.addBlob(
        #"{"schemaVersion":2,"manifests":[],"n":\#(number)}"#, mediaType: .imageIndex)
    }
    builder.tag("hostile", try builder.addIndex(children))
    var reads = 0
    try expectTooComplex(&reads)
    #expect(reads <= 1024)
  }

  /// A digest cannot be made to loop, but another source of documents might be.
  @Test func `indexes that name each other are refused`() throws {
    let digests = try ["a", "b"].map {
      try Digest(parsing: "sha256:" + String(repeating: $0, count: 64))
    }
    let documents = digests.map { other in
      """
      {"schemaVersion":2,"manifests":[{"mediaType":"\(MediaType.imageIndex)",
      "digest":"\(other == digests[0] ? digests[1] : digests[0])","size":1}]}
      """
    }
    var index = ImageIndex.empty
    index.append(
      Descriptor(
        mediaType: .imageIndex, digest: digests[0], size: 1,
        annotations: [Annotations.referenceName: "hostile"]))
    let error = #expect(throws: ReferenceError.self) {
      try References.resolve("hostile", in: index) {
        Array(documents[$0.digest == digests[0] ? 0 : 1].utf8)
      }
    }
    guard case .tooComplex = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
  }

  @Test func `ten thousand tags are searched for similar names in no time`() throws {
    let image = try builder.addImage()
    for number in 0..<10_000 { builder.tag("release-2026.\(number)", image) }
    let index = try builder.finish().readIndex().index
    let clock = ContinuousClock()
    var error: ReferenceError?
    let time = clock.measure {
      error = #expect(throws: ReferenceError.self) {
        try References.resolveOne("release-2026.99999", in: index, read: { _ in [] })
      }
    }
    guard case .notFound(_, let similar) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(similar.count == 3)
    // Far above what an unoptimised build takes; a quadratic search would take minutes.
    #expect(time < .seconds(5))
  }
}
