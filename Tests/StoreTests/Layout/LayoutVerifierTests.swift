import Glibc
import Store
import TestSupport
import Testing

@Suite struct LayoutVerifierTests {
  private let folder: TemporaryDirectory
  private let builder: LayoutBuilder

  init() throws {
    folder = try TemporaryDirectory()
    builder = try LayoutBuilder(at: folder("layout"))
  }

  private func verify(isDeep: Bool = true, notesUnknownFiles: Bool = false) throws -> [String] {
    try builder.finish()
    let options = LayoutVerifier.Options(isDeep: isDeep, notesUnknownFiles: notesUnknownFiles)
    return LayoutVerifier.verify(at: builder.path, options).map(\.code.rawValue)
  }

  private func blob(_ descriptor: Descriptor) -> String { builder.path(of: descriptor.digest) }

  @Test func `a layout with everything that is allowed is whole`() throws {
    let image = try builder.addImage(["a", "b"])
    builder.tag("oci", image)
    builder.tag("docker", try builder.addImage(isDocker: true))
    builder.tag("index", try builder.addIndex([image, builder.addImage(["c"])], subject: image))
    builder.tag("list", try builder.addIndex([builder.addImage(isDocker: true)], isDocker: true))
    builder.tag(nil, try builder.addBlob("opaque", mediaType: "application/x-opaque"))
    builder.tag("long", try builder.addBlob([1, 2, 3], mediaType: "x/y", algorithm: .sha512))
    let empty = try builder.addBlob("{}", mediaType: .emptyJSON)
    builder.tag("artifact", try manifest(config: empty, layers: [empty], artifactType: "x/y"))
    #expect(try verify(notesUnknownFiles: true) == [])
  }

  private func manifest(
    config: Descriptor, layers: [Descriptor], artifactType: String?
  ) throws -> Descriptor {
    var json = ImageManifest(config: config, layers: layers).json
    if let artifactType { json["artifactType"] = JSONValue(artifactType) }
    return try builder.addBlob(
      JSONValue.object(json).serialized(), mediaType: .imageManifest)
  }

  // MARK: - One defect of each kind

  @Test(arguments: [
    "text", " ", "a/b/c", "/b", "a/", "a b/c", "\u{1b}[31m/x", "application/json; charset=utf-8",
    "Application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.empty.v1+JSON",
    "application/vnd.docker.image.rootfs.diff.tar.GZIP",
  ])
  func `a media type that no reader knows for what it should be is found`(text: String) throws {
    builder.tag("x", try builder.addBlob("x", mediaType: MediaType(rawValue: text)))
    #expect(try verify() == ["media-type-invalid"])
  }

  @Test(arguments: [
    ("artifactType", nil, "member-missing"), ("artifactType", "", "member-missing"),
    ("artifactType", "no type", "media-type-invalid"),
  ])
  func `an artifact has to say what it is`(member: String, type: String?, code: String) throws {
    let empty = try builder.addBlob("{}", mediaType: .emptyJSON)
    builder.tag("x", try manifest(config: empty, layers: [empty], artifactType: type))
    #expect(try verify().contains(code))
  }

  @Test(arguments: [
    #"{"architecture":"a","os":null,"rootfs":{"type":"layers","diff_ids":[]}}"#,
    #"{"architecture":"a","os":"linux","rootfs":null}"#,
    #"{"architecture":"a","os":"linux","rootfs":{"type":"layers","diff_ids":null}}"#,
  ])
  func `a required member that is null is missing`(config: String) throws {
    let blob = try builder.addBlob(config, mediaType: .imageConfig)
    builder.tag("x", try manifest(config: blob, layers: [], artifactType: nil))
    #expect(try verify() == ["member-missing"])
  }

  @Test func `an object with two members of one name is found`() throws {
    let config = #"{"architecture":"a","os":"x","rootfs":{"type":"layers","diff_ids":[]}}"#
    let twice = config.dropLast() + #","config":{"Labels":{"a":"1","a":"2"}}}"#
    let blob = try builder.addBlob(String(twice), mediaType: .imageConfig)
    builder.tag("x", try manifest(config: blob, layers: [], artifactType: nil))
    #expect(try verify() == ["member-repeated"])
    let index = String(decoding: try Files.read(builder.path + "/index.json"), as: UTF8.self)
    let end = try #require(index.lastIndex(of: "}"))
    try Files.write(index[..<end] + #","manifests":[]}"#, to: builder.path + "/index.json")
    #expect(LayoutVerifier.verify(at: builder.path).map(\.code) == [.memberRepeated])
  }

  @Test func `a finding keeps an untrusted name as it is`() throws {
    builder.tag("evil\u{1b}[2J", try builder.addImage())
    try builder.finish()
    let subjects = LayoutVerifier.verify(at: builder.path).map(\.subject)
    #expect(subjects == ["evil\u{1b}[2J"])
  }

  @Test func `an entry whose blob is gone is a dangling tag`() throws {
    let image = try builder.addImage()
    builder.tag("gone", image)
    builder.tag("gone-too", image)
    try Files.remove(blob(image))
    #expect(try verify() == ["blob-missing", "dangling-tag", "dangling-tag"])
  }

  @Test func `a layer that is gone is found`() throws {
    builder.tag("image", try builder.addImage(["precious"]))
    try Files.remove(blob(try builder.addBlob("precious", mediaType: .layerGzip)))
    #expect(try verify() == ["blob-missing"])
  }

  @Test func `a layer of a wrong size is found without reading it`() throws {
    builder.tag("image", try builder.addImage(["precious"]))
    try Files.write(
      "precious, not", to: blob(try builder.addBlob("precious", mediaType: .layerGzip)))
    #expect(try verify(isDeep: false) == ["blob-size"])
    #expect(try verify() == ["blob-digest", "blob-size"])
  }

  @Test func `a layer of other content is found by reading it`() throws {
    builder.tag("image", try builder.addImage(["precious"]))
    try Files.write("PRECIOUS", to: blob(try builder.addBlob("precious", mediaType: .layerGzip)))
    #expect(try verify(isDeep: false) == [])
    #expect(try verify() == ["blob-digest"])
  }

  @Test func `a manifest of other content is found always`() throws {
    let image = try builder.addImage()
    builder.tag("image", image)
    var bytes = try Files.read(blob(image))
    bytes[0] = UInt8(ascii: " ")
    try Files.write(bytes, to: blob(image))
    #expect(try verify(isDeep: false) == ["blob-digest"])
  }

  @Test(arguments: ["folder", "fifo", "link"])
  func `a blob that is no file is found without waiting for it`(kind: String) throws {
    let image = try builder.addImage(["precious"])
    let path = blob(try builder.addBlob("precious", mediaType: .layerGzip))
    builder.tag("image", image)
    try Files.remove(path)
    switch kind {
    case "folder": try Files.makeDirectory(path)
    case "fifo": #expect(mkfifo(path, 0o644) == 0)
    default: try Files.link(path, to: "/dev/zero")
    }
    #expect(try verify() == ["blob-kind"])
  }

  @Test func `a document that is not of its type is found`() throws {
    builder.tag("image", try builder.addBlob("{}", mediaType: .imageManifest))
    #expect(try verify() == ["document-invalid"])
  }

  @Test func `a manifest that is also an index is found`() throws {
    let text = #"{"schemaVersion":2,"manifests":[],"config":{},"layers":[]}"#
    builder.tag("both", try builder.addBlob(text, mediaType: .imageIndex))
    #expect(try verify() == ["document-invalid"])
  }

  @Test func `an empty document that is not empty is found`() throws {
    builder.tag("empty", try builder.addBlob("{ }", mediaType: .emptyJSON))
    #expect(try verify() == ["document-invalid"])
  }

  @Test func `a descriptor without a media type is found`() throws {
    builder.tag("untyped", try builder.addBlob("x", mediaType: ""))
    #expect(try verify() == ["media-type-missing"])
  }

  @Test func `a digest that nobody can check is found`() throws {
    let digest = try Digest(parsing: "blake3:abcdef")
    try Files.makeDirectory(builder.path + "/blobs/blake3")
    try Files.write("x", to: builder.path(of: digest))
    builder.tag("strange", Descriptor(mediaType: "x/y", digest: digest, size: 1))
    #expect(try verify() == ["algorithm-unsupported"])
  }

  @Test func `embedded data that is something else is found`() throws {
    let image = try builder.addImage()
    builder.tag("liar", try image.with("data", "e30="))
    #expect(try verify() == ["embedded-data"])
  }

  @Test func `an image whose layers and diff IDs differ in number is found`() throws {
    let config = ImageConfig(created: nil, platform: try Platform(parsing: "linux/amd64"))
    let layer = try builder.addBlob("layer", mediaType: .layer)
    let manifest = ImageManifest(
      config: try builder.addBlob(config.serialized(), mediaType: .imageConfig), layers: [layer])
    builder.tag("odd", try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    #expect(try verify() == ["layer-count"])
  }

  @Test func `an index that is torn or no index is found`() throws {
    try builder.finish()
    for text in ["", #"{"schemaVersion":2,"mani"#, "[]", #"{"schemaVersion":1}"#] {
      try Files.write(text, to: builder.path + "/index.json")
      #expect(LayoutVerifier.verify(at: builder.path).map(\.code) == [.indexInvalid], "\(text)")
    }
  }

  @Test(arguments: ["oci-layout", "index.json", "blobs"])
  func `a folder that lacks a part is no layout`(part: String) throws {
    try builder.finish()
    try Files.remove(builder.path + "/" + part)
    #expect(LayoutVerifier.verify(at: builder.path).map(\.code) == [.layoutInvalid])
    #expect(LayoutVerifier.verify(at: folder("nothing")).map(\.code) == [.layoutInvalid])
  }

  // MARK: - Notes

  @Test func `a subject that is elsewhere is only noted`() throws {
    let subject = try builder.addImage(["subject"])
    builder.tag("about", try builder.addIndex([], subject: subject))
    try Files.remove(blob(subject))
    try builder.finish()
    let findings = LayoutVerifier.verify(at: builder.path)
    #expect(findings.map(\.code) == [.subjectMissing])
    #expect(findings.allSatisfy { !$0.isProblem })
  }

  @Test func `a layer that may be fetched from elsewhere is only noted`() throws {
    let layer = try builder.addBlob("far away", mediaType: .nondistributableLayer)
    try Files.remove(blob(layer))
    builder.tag("far", try layer.with("urls", ["https://example.com/layer"]))
    #expect(try verify().contains("blob-elsewhere"))
    #expect(try !verify().contains("blob-missing"))
  }

  @Test func `names that tools should not make are only noted`() throws {
    let image = try builder.addImage()
    builder.tag("twice", image)
    builder.tag("twice", image)
    builder.tag(".bad", image)
    #expect(try verify() == ["tag-duplicate", "tag-name"])
  }

  @Test func `unknown files are noted when asked for`() throws {
    try Files.makeDirectory(builder.path + "/.ocitx")
    try Files.write("", to: builder.path + "/oci-put-blob123")
    try Files.write("", to: builder.path + "/blobs/README")
    try Files.write("", to: builder.path + "/blobs/sha256/not-hex")
    #expect(try verify() == [])
    try builder.finish()
    let options = LayoutVerifier.Options(notesUnknownFiles: true)
    #expect(
      LayoutVerifier.verify(at: builder.path, options).map(\.subject)
        == ["blobs/README", "blobs/sha256/not-hex", "oci-put-blob123"])
  }

  // MARK: - Bounds

  @Test func `a thousand damaged documents are not waited for one by one`() throws {
    for number in 0..<300 {
      let blob = try builder.addBlob("{\"n\":\(number)}", mediaType: .imageIndex)
      try Files.write("{\"N\":\(number)}", to: builder.path(of: blob.digest))
      builder.tag("tag-\(number)", blob)
    }
    var codes: [String] = []
    let time = try ContinuousClock().measure { codes = try verify() }
    #expect(codes == Array(repeating: "blob-digest", count: 300))
    #expect(time < .seconds(60))
  }

  @Test func `a flood of findings is cut off`() throws {
    for number in 0..<1500 {
      let digest = Digest.sha256(of: Array("\(number)".utf8))
      builder.tag("tag-\(number)", Descriptor(mediaType: "x/y", digest: digest, size: 1))
    }
    let codes = try verify()
    #expect(codes.count == 1001)
    #expect(codes.last == "too-many")
  }

  @Test func `a graph with a billion paths is verified at once`() throws {
    var level = try builder.addImage()
    for _ in 0..<40 { level = try builder.addIndex([level, level]) }
    builder.tag("bomb", level)
    #expect(try verify() == [])
  }
}
