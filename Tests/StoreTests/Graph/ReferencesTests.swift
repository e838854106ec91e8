import Store
import TestSupport
import Testing

@Suite struct ReferencesTests {
  private let folder: TemporaryDirectory
  private let builder: LayoutBuilder

  init() throws {
    folder = try TemporaryDirectory()
    builder = try LayoutBuilder(at: folder("layout"))
  }

  private func resolve(_ name: String) throws -> [DescriptorPath] {
    let layout = try builder.finish()
    return try References.resolve(
      name, in: layout.readIndex().index, read: { try layout.blobs.readDocument($0) })
  }

  private func resolveOne(_ name: String, _ platform: String? = nil) throws -> DescriptorPath {
    let layout = try builder.finish()
    return try References.resolveOne(
      name, in: layout.readIndex().index, platform: try platform.map(Platform.init(parsing:)),
      read: { try layout.blobs.readDocument($0) })
  }

  @Test func `an image is found through three levels of indexes`() throws {
    let image = try builder.addImage()
    let inner = try builder.addIndex([image])
    let middle = try builder.addIndex([inner])
    let outer = try builder.addIndex([middle])
    builder.tag("deep", outer)
    let path = try resolveOne("deep")
    #expect(path.descriptors.map(\.digest) == [outer, middle, inner, image].map(\.digest))
    #expect(path.entry.digest == outer.digest)
  }

  @Test func `siblings behind three levels keep paths of their own`() throws {
    let images = try (0..<4).map { try builder.addImage(["layer \($0)"]) }
    let left = try builder.addIndex([images[0], images[1]])
    let right = try builder.addIndex([images[2], images[3]])
    let middle = try builder.addIndex([left, right])
    builder.tag("many", try builder.addIndex([middle]))
    let paths = try resolve("many")
    #expect(paths.map(\.target) == images)
    #expect(paths.map { $0.parents.last } == [left, left, right, right])
  }

  @Test func `a manifest list of Docker leads to manifests of Docker`() throws {
    let image = try builder.addImage(isDocker: true)
    builder.tag("docker", try builder.addIndex([image], isDocker: true))
    #expect(try resolveOne("docker").target == image)
  }

  @Test func `a blob of an unknown type is what a name stands for`() throws {
    let blob = try builder.addBlob("anything", mediaType: "application/x-unheard-of")
    builder.tag("odd", blob)
    #expect(try resolveOne("odd").target.digest == blob.digest)
  }

  @Test func `a descriptor document is walked through`() throws {
    let image = try builder.addImage()
    let document = JSONDocument(.object(image.json)).serialized()
    builder.tag("via", try builder.addBlob(document, mediaType: .descriptor))
    #expect(try resolveOne("via").target == image)
  }

  @Test func `the subject of an index comes after its manifests`() throws {
    let image = try builder.addImage(["a"])
    let subject = try builder.addImage(["b"])
    builder.tag("both", try builder.addIndex([image], subject: subject))
    #expect(try resolve("both").map(\.target) == [image, subject])
  }

  @Test func `an index without manifests leads nowhere`() throws {
    builder.tag("empty", try builder.addIndex([]))
    #expect(throws: ReferenceError.leadsNowhere(name: "empty")) { try resolveOne("empty") }
  }

  @Test func `a name that nobody has comes back with similar ones`() throws {
    let image = try builder.addImage()
    for name in ["bookworm", "bookwurm", "trixie", "book"] { builder.tag(name, image) }
    let expected = ReferenceError.notFound(name: "bookwarm", similar: ["bookworm", "bookwurm"])
    #expect(throws: expected) { try resolveOne("bookwarm") }
    #expect(expected.remedy == "did you mean bookworm or bookwurm?")
    #expect(expected.category == .notFound)
  }

  @Test func `an embedded document is used without its blob`() throws {
    let image = try builder.addImage()
    let text = #"{"schemaVersion":2,"manifests":[]}"#
    let index = try builder.addBlob(text, mediaType: .imageIndex)
    // {"schemaVersion":2,"manifests":[]} in base64.
    let embedded = try index.with("data", "eyJzY2hlbWFWZXJzaW9uIjoyLCJtYW5pZmVzdHMiOltdfQ==")
    try Files.remove(builder.path(of: index.digest))
    builder.tag("inside", try builder.addIndex([embedded, image]))
    #expect(try resolveOne("inside").target == image)
  }

  @Test func `an embedded document that lies is refused`() throws {
    let index = try builder.addIndex([try builder.addImage()])
    builder.tag("liar", try index.with("data", "e30="))
    #expect(throws: BlobError.self) { try resolveOne("liar") }
  }

  // MARK: - Ambiguity and platforms

  private func addPlatforms() throws -> [Descriptor] {
    let platforms = ["linux/amd64", "linux/arm64/v8", "linux/arm/v7"]
    let images = try platforms.map { platform in
      try builder.addImage(["for \(platform)"], platform: platform)
    }
    // The second says its platform only in its config.
    builder.tag(
      "multi",
      try builder.addIndex([
        images[0].withPlatform(platforms[0]), images[1], images[2].withPlatform(platforms[2]),
      ]))
    return images
  }

  @Test func `an ambiguous name lists its candidates with their platforms`() throws {
    let images = try addPlatforms()
    let error = #expect(throws: ReferenceError.self) { try resolveOne("multi") }
    guard case .ambiguous(_, let candidates, 3, _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(candidates.map(\.digest) == images.map(\.digest))
    let platforms = candidates.map { $0.platform?.description }
    #expect(platforms == ["linux/amd64", "linux/arm64/v8", "linux/arm/v7"])
    #expect(error?.causes.count == 3)
  }

  @Test(arguments: [
    ("linux/amd64", 0), ("linux/arm64", 1), ("linux/arm64/v8", 1), ("linux/arm", 2),
  ])
  func `a platform chooses among the images`(platform: String, position: Int) throws {
    let images = try addPlatforms()
    #expect(try resolveOne("multi", platform).target.digest == images[position].digest)
  }

  @Test func `a platform that is not there is told with those that are`() throws {
    _ = try addPlatforms()
    let error = #expect(throws: ReferenceError.self) { try resolveOne("multi", "linux/s390x") }
    guard case .noMatchingPlatform(_, _, let candidates, 3) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(candidates.count == 3)
  }

  @Test func `images that are not here do not hide the one that is`() throws {
    let images = try addPlatforms()
    for image in [images[0], images[2]] { try Files.remove(builder.path(of: image.digest)) }
    #expect(try resolveOne("multi", "linux/arm64").target.digest == images[1].digest)
  }

  @Test func `damaged images are listed without their platforms, and soon`() throws {
    let images = try (0..<20).map { try builder.addImage(["layer \($0)"]) }
    for image in images {
      var bytes = try Files.read(builder.path(of: image.digest))
      bytes[0] = UInt8(ascii: " ")
      try Files.write(bytes, to: builder.path(of: image.digest))
    }
    builder.tag("broken", try builder.addIndex(images))
    var error: ReferenceError?
    let time = ContinuousClock().measure {
      error = #expect(throws: ReferenceError.self) { try resolveOne("broken") }
    }
    guard case .ambiguous(_, let candidates, 20, _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(candidates.allSatisfy { $0.platform == nil })
    // Each damaged one may be waited for a second, but not all of them.
    #expect(time < .seconds(15))
  }

  @Test func `two images for one platform stay ambiguous`() throws {
    let images = try (0..<2).map { try builder.addImage(["layer \($0)"]) }
    builder.tag("twins", try builder.addIndex(images))
    let error = #expect(throws: ReferenceError.self) { try resolveOne("twins", "linux/amd64") }
    guard case .ambiguous(_, _, 2, _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
  }

  @Test func `one digest twice is one image`() throws {
    let image = try builder.addImage()
    builder.tag("twice", image)
    builder.tag("twice", image)
    builder.tag("index", try builder.addIndex([image, image.withPlatform("linux/arm64")]))
    #expect(try resolveOne("twice").target.digest == image.digest)
    #expect(try resolveOne("index").target.digest == image.digest)
    #expect(try resolveOne("index", "linux/arm64").target.digest == image.digest)
  }

  @Test(arguments: [
    ("linux/amd64", "linux/amd64"), ("linux/amd64/v1", "linux/amd64"),
    ("linux/amd64/v3", "linux/amd64/v3"), ("linux/arm64", "linux/arm64/v8"),
  ])
  func `the exact platform wins over its variants`(wanted: String, found: String) throws {
    let platforms = [
      "linux/amd64/v2", "linux/amd64", "linux/amd64/v3", "linux/arm64/v9", "linux/arm64/v8",
    ]
    let images = try platforms.map {
      try builder.addImage([$0], platform: $0).withPlatform($0)
    }
    builder.tag("multi", try builder.addIndex(images))
    #expect(try resolveOne("multi", wanted).target.platform?.description == found)
  }

  @Test func `variants alone stay ambiguous, and the hint names one`() throws {
    let images = try ["linux/arm/v6", "linux/arm/v7"].map {
      try builder.addImage([$0], platform: $0).withPlatform($0)
    }
    builder.tag("multi", try builder.addIndex(images))
    let error = try #require(throws: ReferenceError.self) {
      try resolveOne("multi", "linux/arm")
    }
    let remedy = try #require(error.remedy)
    #expect(remedy.steps == [.platform("linux/arm/v7")])
    #expect(remedy.description.contains("`@\(images[1].digest.shortForm)`"))
  }

  @Test func `no more than twenty candidates are listed`() throws {
    let images = (0..<5000).map { number in
      Descriptor(mediaType: .imageManifest, digest: .sha256(of: Array("\(number)".utf8)), size: 1)
    }
    builder.tag("wide", try builder.addIndex(images))
    let error = #expect(throws: ReferenceError.self) { try resolveOne("wide") }
    guard case .ambiguous(_, let candidates, 5000, _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(candidates.count == 20)
    #expect(error?.causes.last == "… of 5000 in all")
  }
}
