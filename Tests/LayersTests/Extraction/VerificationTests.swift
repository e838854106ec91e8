import Layers
import Store
import TestSupport
import Testing

/// Blobs and streams that are not what they are said to be, and limits.
struct VerificationTests {
  let rig = ExtractionRig()
  static let tar = TarBuilder.make { tar in
    for number in 0..<50 { tar.file("file\(number)", String(repeating: "\(number) ", count: 400)) }
  }
  static let other = Digest.sha256(of: [1, 2, 3])

  @Test(arguments: CompressionAlgorithm.allCases)
  func `an honest layer is accepted`(_ algorithm: CompressionAlgorithm) throws {
    try rig.extract(sources: [rig.source(Self.tar, algorithm)])
    #expect(Files.names(rig.rootfs).count == 50)
    #expect(rig.progress.last?.bytes == rig.progress.last?.totalBytes.value)
  }

  @Test func `a wrong blob digest is refused`() throws {
    let source = try rig.source(
      blob: Self.tar, .none, diffID: .sha256(of: Self.tar), digest: Self.other)
    let error = try #require(try rig.failure(sources: [source]))
    guard case .wrongDigest(let expected, _) = error.reason else {
      Issue.record("\(error)")
      return
    }
    #expect(expected == Self.other)
  }

  @Test(arguments: [-1, 1, 1_000_000])
  func `a wrong blob size is refused`(_ difference: Int) throws {
    let source = try rig.source(
      blob: Self.tar, .none, diffID: .sha256(of: Self.tar), size: Self.tar.count + difference)
    let error = try #require(try rig.failure(sources: [source]))
    #expect(error.description.contains("instead of"), "\(error)")
  }

  @Test(arguments: CompressionAlgorithm.allCases)
  func `a wrong diff ID is refused and names its layer`(_ algorithm: CompressionAlgorithm) throws {
    let blob = Compressor.compress(Self.tar, algorithm)
    let good = try rig.source(Self.tar, algorithm)
    let bad = try rig.source(blob: blob, algorithm, diffID: Self.other)
    let error = try #require(try rig.failure(sources: [good, bad]))
    #expect(error.layer?.number == 2)
    #expect(error.layer?.digest == Digest.sha256(of: blob))
    let text = "diffid mismatch: got \(Digest.sha256(of: Self.tar)) expected \(Self.other)"
    #expect(error.description.contains(text), "\(error)")
  }

  @Test(arguments: [CompressionAlgorithm.gzip, .zstd])
  func `a truncated blob is refused`(_ algorithm: CompressionAlgorithm) throws {
    let blob = Compressor.compress(Self.tar, algorithm)
    for count in [0, 1, 10, blob.count / 2, blob.count - 1] {
      let rig = ExtractionRig()
      let source = try rig.source(
        blob: Array(blob.prefix(count)), algorithm, diffID: .sha256(of: Self.tar))
      #expect(try rig.failure(sources: [source]) != nil, "\(count)")
    }
  }

  @Test func `data after the end marker counts for the diff ID`() throws {
    let longer = Self.tar + [UInt8](repeating: 0, count: 1_000_000)
    try rig.extract(sources: [rig.source(longer, .gzip)])
    let blob = Compressor.gzip(longer)
    let bad = try rig.source(blob: blob, .gzip, diffID: .sha256(of: Self.tar))
    let again = ExtractionRig()
    #expect(try again.failure(sources: [bad]) != nil)
  }

  @Test(arguments: ["application/octet-stream", "application/vnd.oci.image.layer.v1.tar+xz"])
  func `a media type that is no layer is refused`(_ type: String) {
    let descriptor = Descriptor(
      mediaType: MediaType(rawValue: type), digest: Self.other, size: 1)
    #expect(throws: UnsupportedLayerType.self) {
      try LayerSource(descriptor: descriptor, diffID: DiffID(Self.other)) {
        throw SyscallError(call: "open", path: "none", code: 2)
      }
    }
  }

  @Test func `a blob that cannot be opened is the error`() throws {
    let failure = SyscallError(call: "open", path: "none", code: 2)
    let source = try LayerSource(
      descriptor: Descriptor(mediaType: .layer, digest: Self.other, size: 1),
      diffID: DiffID(Self.other)
    ) { throw failure }
    guard case .syscall(failure)? = try rig.failure(sources: [source])?.reason else {
      Issue.record("another error")
      return
    }
  }

  // MARK: limits

  @Test(arguments: [CompressionAlgorithm.gzip, .zstd])
  func `a bomb is stopped by its ratio and by its size`(_ algorithm: CompressionAlgorithm) throws {
    let bomb = TarBuilder.make { tar in
      tar.add(TarBuilder.Header("zeros"), [UInt8](repeating: 0, count: 64 << 20))
    }
    let source = try rig.source(bomb, algorithm)
    rig.options.limits.ratioThreshold = 1 << 20
    let byRatio = try #require(try rig.failure(sources: [source]))
    #expect(byRatio.description.contains("times its compressed size"), "\(byRatio)")
    let other = ExtractionRig()
    other.options.limits.layerBytes = 1 << 20
    let bySize = try #require(try other.failure(sources: [source]))
    #expect(bySize.description.contains("unpacks to more than 1048576 bytes"), "\(bySize)")
  }

  @Test func `too many entries are refused over all layers`() throws {
    rig.options.limits.entries = 75
    let error = try #require(try rig.failure([Self.tar, Self.tar]))
    #expect(error.layer?.number == 2)
    #expect(error.place == .entry(Array("file25".utf8)))
    #expect(error.description.contains("more than 75 entries"))
  }

  @Test func `attributes that are too large are refused`() throws {
    func layer(_ count: Int, _ size: Int) -> [UInt8] {
      TarBuilder.make { tar in
        tar.pax(
          (0..<count).map {
            ("SCHILY.xattr.user.\($0)", [UInt8](repeating: 0x78, count: size))
          })
        tar.file("file")
      }
    }
    rig.options.limits.attributesSize = 1000
    rig.options.limits.attributeSize = 500
    let single = try #require(try rig.failure([layer(1, 501)]))
    #expect(single.description.contains("attribute is larger than 500"))
    let sum = try #require(try ExtractionRig(like: rig).failure([layer(3, 400)]))
    #expect(sum.description.contains("attributes are larger than 1000"))
  }

  @Test func `it stops when asked to`() throws {
    var count = 0
    rig.isCancelled = {
      count += 1
      return count > 20
    }
    guard case .cancelled? = try rig.failure([Self.tar])?.reason else {
      Issue.record("not cancelled")
      return
    }
    #expect(Files.names(rig.rootfs).count < 50)
  }
}
