import Glibc
import Store
import TestSupport
import Testing

@testable import umoci_tx

/// `raw add-layer` (umoci-behaviour §9.2).
@Suite struct AddLayerTests {
  /// A tar of some files, perhaps compressed.
  private func archive(_ rig: LayerRig, _ suffix: String = "") throws -> (
    path: String, tar: [UInt8]
  ) {
    let tar = rig.folder("layer.tar")
    try ExternalCommand.run(["tar", "-C", rig("dir"), "-cf", tar, "."])
    let bytes = try Files.read(tar)
    switch suffix {
    case "gz": try ExternalCommand.run(["gzip", "-1", tar])
    case "zst": try ExternalCommand.run(["zstd", "-q", tar])
    default: return (tar, bytes)
    }
    return (tar + "." + suffix, bytes)
  }

  @Test(arguments: [("gz", MediaType.layerGzip), ("zst", .layerZstd)])
  func `a compressed archive is taken byte for byte`(_ suffix: String, _ type: MediaType) throws {
    let rig = try LayerRig([.layerZstd])
    let (path, tar) = try archive(rig, suffix)
    try rig.succeed("raw", "add-layer", path)
    let layer = try rig.layer("a")
    #expect(layer.mediaType == type)
    #expect(layer.digest == Digest.sha256(of: try Files.read(path)))
    #expect(layer.annotations["ci.umo.uncompressed_blob_size"] == "\(tar.count)")
    #expect(try rig.image("a").config.diffIDs.last == DiffID(.sha256(of: tar)))
    #expect(try rig.image("a").config.history.last?.author == "Ann")
    #expect(try rig.image("a").config.history.last?.createdBy == "umoci raw add-layer")
    let problems = try rig.problems()
    #expect(problems == [])
  }

  @Test(arguments: ["", "gz", "zst"], ["none", "gzip", "zstd"])
  func `another compression is made when it is asked for`(
    _ suffix: String, _ compression: String
  ) throws {
    let rig = try LayerRig()
    let (path, tar) = try archive(rig, suffix)
    try rig.succeed("raw", "add-layer", "--compress", compression, path)
    let layer = try rig.layer("a")
    #expect(layer.mediaType.compressionSuffix ?? "none" == compression)
    #expect(try rig.image("a").config.diffIDs == [DiffID(.sha256(of: tar))])
    #expect(try rig.names("a") == ["./", "./other"])
    if compression == "none" { #expect(layer.digest == Digest.sha256(of: tar)) }
    let problems = try rig.problems()
    #expect(problems == [])
  }

  @Test func `what only begins like an archive is refused`() throws {
    let rig = try LayerRig()
    let (path, tar) = try archive(rig)
    let (packed, _) = try archive(rig, "gz")
    let gzip = try Files.read(packed)
    var flipped = tar
    flipped[150] ^= 1
    let cases: [[UInt8]] = [
      Array(tar.prefix(700)), flipped, Array(gzip.dropLast(3)), gzip + [1],
      Array("#!/bin/sh\n".utf8), [0x28, 0xb5, 0x2f, 0xfd], [0x1f, 0x8b],
    ]
    let before = try Files.listing(rig.layout)
    for (number, bytes) in cases.enumerated() {
      try Files.write(bytes, to: path)
      let run = try rig.run("raw", "add-layer", path)
      #expect(run.status == 65, "case \(number): \(run.messages)")
      #expect(run.messages.contains("caused by:") && run.messages.contains("layer.tar"))
    }
    #expect(try Files.listing(rig.layout).filter { !$0.contains(".ocitx") } == before)
    let problems = try rig.problems()
    #expect(problems == [])
  }

  @Test func `a fifo is refused and not waited for`() throws {
    let rig = try LayerRig()
    mkfifo(rig.folder("fifo"), 0o600)
    let run = try rig.run("raw", "add-layer", rig.folder("fifo"))
    #expect(run.status == 65 && run.messages.contains("not a regular file"))
  }

  @Test func `an empty file is an empty layer`() throws {
    let rig = try LayerRig()
    try Files.write("", to: rig.folder("empty"))
    try rig.succeed("raw", "add-layer", rig.folder("empty"))
    #expect(try rig.image("a").config.diffIDs == [DiffID(.sha256(of: []))])
    #expect(try rig.names("a") == [])
    let problems = try rig.problems()
    #expect(problems == [])
  }
}
