import Journal
import Mutations
import Store
import TestSupport
import Testing

@Suite struct EditConfigTests {
  static func edit(
    _ source: String, to tag: String, _ edits: [ConfigEdit], platform: String? = nil,
    history: HistoryPolicy = .entry(.init())
  ) throws -> EditConfig {
    let reference = try TagReference(parsing: source, now: Timestamp(secondsSinceEpoch: 0))
    return EditConfig(
      ImageSource(reference), platform: try platform.map { try Platform(parsing: $0) },
      to: try ReferenceName(parsing: tag), edits: edits, history: history)
  }

  /// A mutation during whose staging something else happens.
  struct Interrupted: Mutation {
    var edit: EditConfig
    let interruption: () throws -> Void

    var kind: OperationKind { edit.kind }
    var destination: String? { edit.destination }
    var stagesBlobs: Bool { true }

    mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {
      try edit.stage(stage, in: context)
      try interruption()
    }

    func propose(
      on index: ImageIndex, in context: MutationContext
    ) throws -> Transaction.Proposal {
      try edit.propose(on: index, in: context)
    }
  }

  @Test func `an edit is a conflict when its destination moved meanwhile`() throws {
    let layout = try TestLayout()
    let edit = try Self.edit("a", to: "a", [.author("x")])
    let moved = try layout.digest("b")
    let error = #expect(throws: JournalError.self) {
      try layout.run(Interrupted(edit: edit) { try layout.tag("a", to: "b") })
    }
    #expect(error?.category == .busy)
    #expect(error?.causes.first?.contains("moved by tester on host") == true)
    #expect(try layout.digest("a") == moved)
    #expect(layout.findings() == [])
  }

  @Test func `an edit of another tag than the one that moved goes through`() throws {
    let layout = try TestLayout()
    let edit = try Self.edit("a", to: "c", [.author("x")])
    try layout.run(
      Interrupted(edit: edit) {
        try layout.tag("a", to: "b")
        try layout.tag("d", to: "b")
      })
    #expect(try layout.digest("c") != nil)
    #expect(try layout.digest("d") == layout.digest("b"))
    #expect(layout.findings() == [])
  }

  @Test func `every parent is relinked, in every place, and keeps the rest of its bytes`() throws {
    let layout = try TestLayout { builder in
      let inner = try builder.addImage(["x"]).withPlatform("linux/amd64")
      let other = try builder.addImage(["y"], platform: "linux/arm64").withPlatform("linux/arm64")
      let embedded = try inner.with("data", "e30=").with("x-unknown", 1)
      let nested = try builder.addIndex([other, inner, embedded], subject: inner)
      let outer = try builder.addIndex([nested]).with("x-unknown", ["kept"])
      builder.tag("multi", outer)
      builder.tag("other", other)
    }
    let before = try layout.open().readIndex().index.entries(named: "multi")[0].descriptor
    try layout.run(Self.edit("multi", to: "multi", [.author("x")], platform: "linux/arm64"))
    let entry = try layout.open().readIndex().index.entries(named: "multi")[0].descriptor
    #expect(entry.digest != before.digest)
    #expect(entry.json["x-unknown"] == ["kept"])
    let blobs = try layout.open().blobs
    let outer = try ImageIndex(parsing: blobs.readDocument(entry), named: "outer")
    let nested = try ImageIndex(
      parsing: blobs.readDocument(outer.entries[0].descriptor), named: "nested")
    let children = nested.entries.map(\.descriptor)
    #expect(children.map(\.platform?.architecture) == ["arm64", "amd64", "amd64"])
    #expect(children[1] == nested.subject)
    #expect(children[2].json["data"] != nil)
    let manifest = try ImageManifest(parsing: blobs.readDocument(children[0]), named: "m")
    let config = try ImageConfig(parsing: blobs.readDocument(manifest.config), named: "c")
    #expect(config.author == "x")
    #expect(try layout.digest("other") != children[0].digest)
  }

  @Test func `embedded data goes when the content changes`() throws {
    let layout = try TestLayout { builder in
      let config = try builder.addBlob(
        ImageConfig(created: .zero, platform: Platform(os: "linux", architecture: "amd64"))
          .serialized(), mediaType: .imageConfig)
      let text = JSONValue(Self.base64(try Files.read(builder.path(of: config.digest))))
      let manifest = ImageManifest(config: try config.with("data", text).with("x", 1))
      let bytes = manifest.serialized()
      let descriptor = try builder.addBlob(bytes, mediaType: .imageManifest)
      builder.tag("a", try descriptor.with("data", JSONValue(Self.base64(bytes))))
    }
    try layout.run(Self.edit("a", to: "b", [.author("x")]))
    let entry = try layout.open().readIndex().index.entries(named: "b")[0].descriptor
    #expect(entry.base64Data == nil)
    let manifest = try ImageManifest(parsing: layout.open().blobs.readDocument(entry), named: "m")
    #expect(manifest.config.base64Data == nil)
    #expect(manifest.config.json["x"] == 1)
  }

  static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var result = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var word = ""
      for position in 0..<4 {
        word = (position < 3 - group.count ? "=" : String(digits[bits & 63])) + word
        bits >>= 6
      }
      result += word
    }
    return result
  }

  @Test func `later steps of a batch see what earlier ones made`() throws {
    let layout = try TestLayout()
    let steps: [Batch.Step] = [
      .init(place: "1", try Self.edit("a", to: "n", [.author("first")])),
      .init(place: "2", try Self.edit("n", to: "n", [.setLabel("l", "second")])),
      .init(
        place: "3",
        SetTag(
          try ReferenceName(parsing: "m"),
          to: ImageSource(try TagReference(parsing: "n", now: .zero)))),
      .init(place: "4", try Self.edit("m", to: "o", [.user("third")])),
    ]
    let record = try #require(try layout.run(Batch(steps)))
    #expect(record.edits.map(\.key) == [.name("n"), .name("m"), .name("o")])
    let config = try Self.config("o", in: layout)
    #expect(config.author == "first")
    #expect(config.labels == ["l": "second"])
    #expect(config.user == "third")
    #expect(config.history.count == 3)
    #expect(layout.findings() == [])
  }

  static func config(_ tag: String, in layout: TestLayout) throws -> ImageConfig {
    let entry = try #require(try layout.open().readIndex().index.entries(named: tag).first)
    let blobs = try layout.open().blobs
    let manifest = try ImageManifest(parsing: blobs.readDocument(entry.descriptor), named: "m")
    return try ImageConfig(parsing: blobs.readDocument(manifest.config), named: "c")
  }

  @Test func `artifacts and unknown manifests are refused with a reason`() throws {
    let layout = try TestLayout { builder in
      let empty = try builder.addBlob("{}", mediaType: .emptyJSON)
      var artifact = ImageManifest(config: empty).json
      artifact["artifactType"] = "application/x-artifact"
      builder.tag(
        "artifact",
        try builder.addBlob(JSONValue.object(artifact).serialized(), mediaType: .imageManifest))
      builder.tag("alien", try builder.addBlob("alien", mediaType: "application/x-alien"))
    }
    for tag in ["artifact", "alien"] {
      let error = #expect(throws: ImageError.self) {
        try layout.run(Self.edit(tag, to: tag, [.author("x")]))
      }
      #expect(error?.category == .unsupported)
    }
    #expect(layout.findings() == [])
  }

  @Test func `an edit never reads a layer`() throws {
    let layout = try TestLayout { builder in
      // A file of the right size and the wrong content: reading it would be noticed.
      let digest = Digest.sha256(of: Array("what it should be".utf8))
      try ExternalCommand.run(["truncate", "-s", "1G", builder.path(of: digest)])
      let layer = Descriptor(mediaType: .layerGzip, digest: digest, size: 1 << 30)
      var config = ImageConfig(created: .zero, platform: Platform(os: "linux", architecture: "386"))
      config.appendDiffID(DiffID(digest))
      let blob = try builder.addBlob(config.serialized(), mediaType: .imageConfig)
      let manifest = ImageManifest(config: blob, layers: [layer])
      builder.tag("big", try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    }
    try layout.run(Self.edit("big", to: "big", [.author("x")]))
    #expect(try Self.config("big", in: layout).author == "x")
    #expect(try Self.config("big", in: layout).diffIDs.count == 1)
  }
}
