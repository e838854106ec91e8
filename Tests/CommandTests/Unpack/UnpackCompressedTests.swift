import Glibc
import Store
import TestSupport
import Testing

/// Compressed layers that are damaged or want more than they seem to, unpacked by the command.
@Suite struct UnpackCompressedTests {
  static let tools: [(String, MediaType)] = [
    ("gzip -nc", .layerGzip), ("zstd -qc", .layerZstd), ("cat", .layer),
  ]

  private static func piped(_ bytes: [UInt8], _ tool: String) throws -> [UInt8] {
    let folder = try TemporaryDirectory()
    try Files.write(bytes, to: folder("plain"))
    let outcome = try ExternalCommand.run(
      ["sh", "-ec", "\(tool) <\(folder("plain")) >\(folder("packed"))"])
    try #require(outcome.status == 0, "\(outcome)")
    return try Files.read(folder("packed"))
  }

  /// An image of one layer whose blob is `packed`, and what it is said to hold.
  private static func image(
    _ rig: UnpackRig, _ packed: [UInt8], _ type: MediaType, diffID: Digest
  ) throws {
    let layer = try rig.builder.addBlob(packed, mediaType: type)
    let config = try rig.builder.addBlob(
      #"{"os":"linux","architecture":"amd64","config":{},"rootfs":{"type":"layers","#
        + #""diff_ids":["\#(diffID)"]}}"#, mediaType: .imageConfig)
    var manifest = ImageManifest(config: config, layers: [layer])
    manifest.setMediaType(.imageManifest)
    rig.builder.entries = []
    rig.builder.tag(
      "latest", try rig.builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    try rig.builder.finish()
  }

  /// The digest fits the damaged blob, so that nothing but decoders and the diff ID can notice.
  @Test(arguments: tools.map(\.0))
  func `a flipped bit behind the digest is found at every stage`(_ tool: String) throws {
    let type = try #require(Self.tools.first { $0.0 == tool }).1
    let tar = TarBuilder.make { tar in
      for number in 0..<20 { tar.file("file\(number)", String(repeating: "\(number) ", count: 99)) }
      tar.pax([("path", Array("pax".utf8)), ("SCHILY.xattr.user.a", [1, 2])])
      tar.file("pax")
      tar.symbolicLink("link", to: "file1")
    }
    let packed = try Self.piped(tar, tool)
    let rig = try UnpackRig()
    var random = SplitMix(announcing: TestEffort.seed(for: tool))
    var harmless = 0
    let places = (0..<40).map { packed.count * $0 / 40 } + Array(packed.count - 8..<packed.count)
    for place in places {
      var damaged = packed
      damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      try Self.image(rig, damaged, type, diffID: .sha256(of: tar))
      let run = try rig.unpack()
      // What nobody needs, such as the time in gzip's header, may be anything: the diff ID is right.
      if run.status == 0, type != .layer {
        try Files.remove(rig.bundle)
        harmless += 1
        continue
      }
      #expect(run.status == 65, "byte \(place) of \(packed.count): \(run.messages)")
      #expect(run.messages.contains("layer 1 of 1 (sha256:"), "byte \(place): \(run.messages)")
      #expect(try rig.isPlaceUntouched(), "byte \(place)")
    }
    #expect(harmless < 5)
  }

  @Test(arguments: tools.map(\.0))
  func `a stream that ends too early is refused wherever it ends`(_ tool: String) throws {
    let type = try #require(Self.tools.first { $0.0 == tool }).1
    let tar = TarBuilder.make { $0.file("file", String(repeating: "content ", count: 500)) }
    let packed = try Self.piped(tar, tool)
    let rig = try UnpackRig()
    for part in 1..<12 {
      let packed = Array(packed.prefix(packed.count * part / 12))
      try Self.image(rig, packed, type, diffID: .sha256(of: tar))
      let run = try rig.unpack()
      #expect(run.status == 65, "\(packed.count) bytes: \(run.messages)")
      #expect(run.messages.contains("layer 1 of 1 (sha256:"), "\(run.messages)")
      #expect(try rig.isPlaceUntouched())
    }
  }

  /// 300 MB of zeros in a few hundred bytes (zstd) or 300 KB (gzip), behind one honest file.
  @Test(arguments: ["gzip -1nc", "zstd -qc"], ["--max-layer-size=8M", "--max-layer-size=512M"])
  func `a bomb ends at the limit, in little memory and time`(tool: String, limit: String) throws {
    let rig = try UnpackRig()
    let script =
      "{ cat \(rig.folder("head")); head -c 300M /dev/zero; } | \(tool) >\(rig.folder("bomb"))"
    var head = TarBuilder()
    head.file("honest", "x")
    // Many small files rather than one whose header tells how large it is.
    var file = TarBuilder.Header("zeros")
    file.size = limit.hasSuffix("8M") ? 0 : 1 << 40
    head.add(file)
    try Files.write(head.bytes, to: rig.folder("head"))
    let made = try ExternalCommand.run(["sh", "-ec", script])
    try #require(made.status == 0, "\(made)")
    let type: MediaType = tool.hasPrefix("gzip") ? .layerGzip : .layerZstd
    try Self.image(
      rig, try Files.read(rig.folder("bomb")), type, diffID: .sha256(of: []))
    // 400 MB of addresses would not hold what it unpacks to beside the program itself.
    let run = try ExternalCommand.run(
      [
        "prlimit", "--data=\(200 << 20)", BuiltProgram.path, "unpack", "--image", rig.layout,
      ] + UnpackRig.ownIDs + [limit, rig.bundle])
    #expect(run.status == 65, "\(run)")
    #expect(run.standardError.contains("layer 1 of 1 (sha256:"), "\(run)")
    #expect(run.standardError.contains("the layer unpacks to more than"), "\(run)")
    #expect(try rig.isPlaceUntouched())
  }
}
