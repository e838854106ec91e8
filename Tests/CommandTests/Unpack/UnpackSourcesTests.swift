import Glibc
import Store
import TestSupport
import Testing

/// Images in every form in which they come: Docker's documents, embedded data, all layer types.
@Suite struct UnpackSourcesTests {
  private static let layer = TarBuilder.make { $0.file("file", "content") }

  private func base64(_ bytes: [UInt8]) throws -> String {
    let outcome = try ExternalCommand.run(["base64", "-w0"], input: bytes)
    return outcome.standardOutput
  }

  @Test func `a layer that stands in its descriptor needs no blob`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer])
    let layer = try rig.builder.addBlob(Self.layer, mediaType: .layer)
      .with("data", JSONValue(try base64(Self.layer)))
    let config = try rig.builder.addBlob(
      #"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","#
        + #""diff_ids":["\#(Digest.sha256(of: Self.layer))"]}}"#, mediaType: .imageConfig)
    let manifest = ImageManifest(config: config, layers: [layer])
    rig.builder.tag(
      "data", try rig.builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    try rig.builder.finish()
    try Files.remove(rig.builder.path(of: layer.digest))
    for words in [["unpack"], ["raw", "unpack"]] {
      let run = try CapturedRun(
        words + ["--image", rig.layout + ":data"] + UnpackRig.ownIDs + [rig.bundle])
      #expect(run.status == 0, "\(run.messages)")
      let rootfs = rig.bundle + (words.count == 1 ? "/rootfs" : "")
      #expect(try Files.read(rootfs + "/file") == Array("content".utf8))
      try Files.remove(rig.bundle)
    }
    // What another image has beside it is compared from the same data.
    let same = try CapturedRun(["diff", "--layout", rig.layout, "data", "data", "--files"])
    #expect(same.status == 0, "\(same.messages)")
  }

  @Test func `data that is not what its descriptor says is refused`() throws {
    let rig = try UnpackRig()
    let layer = try rig.builder.addBlob(Self.layer, mediaType: .layer)
      .with("data", JSONValue(try base64(Array(Self.layer.reversed()))))
    let config = try rig.builder.addBlob(
      #"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","#
        + #""diff_ids":["\#(layer.digest)"]}}"#, mediaType: .imageConfig)
    let manifest = ImageManifest(config: config, layers: [layer])
    rig.builder.tag(
      "latest", try rig.builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    try rig.builder.finish()
    let run = try rig.unpack()
    #expect(run.status == 65, "\(run.messages)")
    #expect(run.messages.contains("layer 1 of 1 (sha256:"), "\(run.messages)")
    #expect(try rig.isPlaceUntouched())
  }

  @Test(arguments: [
    ("application/vnd.docker.image.rootfs.diff.tar.gzip", "gzip -nc"),
    ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "gzip -nc"),
    ("application/vnd.docker.image.rootfs.diff.tar", "cat"),
    ("application/vnd.docker.image.rootfs.diff.tar.zstd", "zstd -qc"),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "gzip -nc"),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", "zstd -qc"),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar", "cat"),
  ])
  func `layers of Docker and layers that nobody distributes`(type: String, tool: String) throws {
    let rig = try UnpackRig()
    try Files.write(Self.layer, to: rig.folder("tar"))
    let made = try ExternalCommand.run(
      ["sh", "-ec", "\(tool) <\(rig.folder("tar")) >\(rig.folder("packed"))"])
    try #require(made.status == 0, "\(made)")
    let isDocker = type.contains("docker")
    let layer = try rig.builder.addBlob(
      Files.read(rig.folder("packed")), mediaType: MediaType(rawValue: type))
    let config = try rig.builder.addBlob(
      #"{"os":"linux","architecture":"amd64","config":{"Cmd":["sh"]},"rootfs":{"type":"layers","#
        + #""diff_ids":["\#(Digest.sha256(of: Self.layer))"]}}"#,
      mediaType: isDocker ? .dockerConfig : .imageConfig)
    var manifest = ImageManifest(config: config, layers: [layer])
    manifest.setMediaType(isDocker ? .dockerManifest : .imageManifest)
    rig.builder.tag(
      "latest",
      try rig.builder.addBlob(
        manifest.serialized(), mediaType: isDocker ? .dockerManifest : .imageManifest))
    try rig.builder.finish()
    let run = try rig.unpack()
    #expect(run.status == 0, "\(run.messages)")
    #expect(try Files.read(rig.bundle + "/rootfs/file") == Array("content".utf8))
  }

  @Test func `a Docker manifest list is chosen from by platform`() throws {
    let rig = try UnpackRig()
    let images = try ["linux/amd64", "linux/arm64"].map { platform in
      try rig.image([Self.layer], tag: nil, platform: platform).withPlatform(platform)
    }
    rig.builder.tag("latest", try rig.builder.addIndex(images, isDocker: true))
    try rig.builder.finish()
    #expect(try rig.unpack("--platform=linux/arm64").status == 0)
  }

  @Test(arguments: ["application/x-alien", "application/vnd.oci.image.layer.v1.tar+lz4"])
  func `a layer of an unknown type is told by its type`(type: String) throws {
    let rig = try UnpackRig()
    let layer = try rig.builder.addBlob(Self.layer, mediaType: MediaType(rawValue: type))
    let config = try rig.builder.addBlob(
      #"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","#
        + #""diff_ids":["\#(layer.digest)"]}}"#, mediaType: .imageConfig)
    let manifest = ImageManifest(config: config, layers: [layer])
    rig.builder.tag(
      "latest", try rig.builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    try rig.builder.finish()
    let run = try rig.unpack()
    #expect(run.status == 69, "\(run.messages)")
    #expect(run.messages.contains(type), "\(run.messages)")
    #expect(try rig.isPlaceUntouched())
  }
}
