import Store
import Synchronization
import TestSupport
import Testing

@testable import Layers

/// Layers that are looked into.
@Suite struct BlobInspectionTests {
  private let folder: TemporaryFolder
  private let builder: LayoutBuilder

  init() throws {
    folder = try TemporaryFolder()
    builder = try LayoutBuilder(at: folder.path + "/layout")
  }

  /// Inspects a layer as a verification would.
  private func findings(
    of blob: [UInt8], _ mediaType: MediaType = .layer, diffID: Digest? = nil
  ) throws -> [LayoutFinding] {
    let layer = try builder.addBlob(blob, mediaType: mediaType)
    var config = ImageConfig(created: nil, platform: try Platform(parsing: "linux/amd64"))
    config.appendDiffID(try DiffID(parsing: (diffID ?? layer.digest).description))
    let manifest = ImageManifest(
      config: try builder.addBlob(config.serialized(), mediaType: .imageConfig), layers: [layer])
    builder.entries = []
    builder.tag("image", try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    let layout = try builder.finish()
    let examination = LayoutVerifier.examine(layout, notesFiles: false)
    #expect(examination.findings.sorted == [])
    let pending = try #require(examination.pending.first)
    #expect(pending.diffIDs.count == 1)
    return BlobInspection(pending, isDeep: true).run(in: layout.blobs) { _ in }.findings
  }

  private func codes(_ make: (inout TarBuilder) -> Void) throws -> [String] {
    try findings(of: TarBuilder.make(make)).map(\.code.rawValue)
  }

  @Test func `a layer as tools make it is whole`() throws {
    let found = try codes { tar in
      tar.directory("./")
      tar.directory("etc")
      tar.file("etc/passwd", "root:x:0:0::/root:/bin/sh")
      tar.symbolicLink("bin", to: "../usr/bin")
      tar.hardLink("etc/group", to: "etc/passwd")
      tar.file("etc/.wh.shadow")
      tar.file("var/.wh..wh..opq")
    }
    #expect(found == [])
  }

  @Test(arguments: [CompressionAlgorithm.gzip, .zstd])
  func `a compressed layer is compared with its diff ID`(algorithm: CompressionAlgorithm) throws {
    let tar = TarBuilder.make { $0.file("a", "content") }
    let type: MediaType = algorithm == .gzip ? .layerGzip : .layerZstd
    let blob = Compressor.compress(tar, algorithm)
    #expect(try findings(of: blob, type, diffID: Digest.sha256(of: tar)) == [])
    let wrong = try findings(of: blob, type, diffID: Digest.sha256(of: blob))
    #expect(wrong.map(\.code) == [.diffID])
    #expect(wrong.first?.message.contains(Digest.sha256(of: tar).encoded) == true)
  }

  @Test func `names that lead elsewhere are found`() throws {
    #expect(try codes { $0.file("../etc/passwd") } == ["entry-escape"])
    #expect(try codes { $0.file("a/../../b") } == ["entry-escape"])
    #expect(try codes { $0.file("/etc/passwd") } == ["entry-absolute"])
    #expect(try codes { $0.hardLink("a", to: "../../etc/shadow") } == ["entry-escape"])
    #expect(try codes { $0.symbolicLink(".", to: "/") } == ["entry-root"])
  }

  @Test func `two entries of one name are found, however it is spelt`() throws {
    #expect(
      try codes {
        $0.file("a")
        $0.file("a")
      } == ["entry-duplicate"])
    #expect(
      try codes {
        $0.file("d/a")
        $0.file("./d//a")
      } == ["entry-duplicate"])
  }

  @Test func `whiteouts that mean nothing are found`() throws {
    for name in [".wh.", "d/.wh..", ".wh...", ".wh..wh.plnk"] {
      #expect(try codes { $0.file(name) } == ["whiteout-invalid"], "\(name)")
    }
    #expect(try codes { $0.file(".wh.a", "content") } == ["whiteout-invalid"])
    #expect(try codes { $0.directory(".wh.a") } == ["whiteout-invalid"])
    #expect(try codes { $0.file(".wh.a/b") } == ["whiteout-invalid"])
    #expect(
      try codes {
        $0.directory(".wh..wh.plnk")
        $0.file(".wh..wh.plnk/1", "x")
        $0.hardLink("a", to: ".wh..wh.plnk/1")
      } == ["whiteout-invalid"])
  }

  @Test func `what programs read differently is found`() throws {
    #expect(
      try codes {
        $0.pax([("uid", [0x35])])
        $0.pax([("gid", [0x35])])
        $0.file("a")
      } == ["entry-ambiguous"])
    #expect(
      try codes {
        $0.pax([("path", Array("a\0b".utf8))])
        $0.file("a")
      } == ["layer-archive"])
  }

  @Test func `a damaged stream is told once`() throws {
    let tar = TarBuilder.make { $0.file("a", String(repeating: "x", count: 5000)) }
    let cut = Array(tar.prefix(2000))
    #expect(try findings(of: cut, diffID: Digest.sha256(of: cut)).map(\.code) == [.layerArchive])
    let gzip = Array(Compressor.gzip(tar).dropLast(20))
    #expect(
      try findings(of: gzip, .layerGzip, diffID: Digest.sha256(of: tar)).map(\.code)
        == [.layerCompression])
    let text = Array("this is no tar at all".utf8)
    #expect(try findings(of: text).map(\.code) == [.layerArchive])
  }

  @Test func `a flood of findings is cut off`() throws {
    let found = try codes { tar in
      for number in 0..<500 { tar.file("../\(number)") }
    }
    #expect(found.count <= EntryInspection.limit + 1)
  }

  @Test func `a layer of another type is noted`() throws {
    let found = try findings(of: [1, 2, 3], "application/x-squashfs")
    #expect(found.map(\.code) == [.layerTypeUnknown])
  }

  @Test func `a bomb is cut off within its limits`() throws {
    let tar = TarBuilder.make { $0.file("zeros", String(repeating: "\0", count: 8 << 20)) }
    let layer = try builder.addBlob(Compressor.gzip(tar), mediaType: .layerGzip)
    builder.tag("image", layer)
    let layout = try builder.finish()
    let pending = try #require(
      LayoutVerifier.examine(layout, notesFiles: false).pending.first)
    var limits = ExtractionLimits()
    limits.layerBytes = 1 << 20
    let outcome = BlobInspection(pending, isDeep: true, limits: limits).run(in: layout.blobs) {
      _ in
    }
    #expect(outcome.findings.map(\.code) == [.layerLimit])
    #expect(!outcome.isDamaged)
  }
}

@Suite struct ParallelWorkTests {
  @Test(arguments: [1, 2, 8])
  func `results come in the order of the items, whoever worked`(threads: Int) {
    let items = Array(0..<300)
    let progress = Mutex(0)
    let results = ParallelWork.map(
      items, threads: threads, weight: { Int64($0 % 7) },
      onProgress: { progress.withLock { $0 += 1 } }
    ) { item, report in
      report()
      return item * 2
    }
    #expect(results == items.map { $0 * 2 })
    #expect(progress.withLock { $0 } <= items.count)
    if threads == 1 { #expect(progress.withLock { $0 } == items.count) }
  }
}
