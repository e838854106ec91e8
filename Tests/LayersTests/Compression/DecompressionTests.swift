import TestSupport
import Testing

@testable import Layers

/// Reading compressed streams: whatever the pieces, and whatever is wrong with them.
struct DecompressionTests {
  static let plain: [UInt8] = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0) }

  /// Reads a stream that arrives in pieces of `pieceSize` bytes.
  static func read(
    _ bytes: [UInt8], _ algorithm: CompressionAlgorithm, pieceSize: Int = 1 << 16,
    outputSize: Int = 1 << 16, windowLog: Int = ZstdCodec.defaultWindowLog
  ) throws -> [UInt8] {
    var rest = bytes[...]
    let decompressor = try LayerDecompressor(algorithm, windowLog: windowLog) { buffer in
      let piece = rest.prefix(min(pieceSize, buffer.count))
      rest = rest.dropFirst(piece.count)
      buffer.copyBytes(from: piece)
      return piece.count
    }
    var plain: [UInt8] = []
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: outputSize, alignment: 16)
    defer { output.deallocate() }
    while true {
      let count = try decompressor.read(into: output)
      plain += output.prefix(count)
      if count < output.count { return plain }
    }
  }

  @Test(arguments: CompressionAlgorithm.allCases, [1, 7, 4096, 1 << 16])
  func `a stream is read whatever the size of its pieces`(
    _ algorithm: CompressionAlgorithm, _ pieceSize: Int
  ) throws {
    let bytes = Compressor.compress(Self.plain, algorithm)
    #expect(try Self.read(bytes, algorithm, pieceSize: pieceSize) == Self.plain)
    let small = try Self.read(bytes, algorithm, pieceSize: pieceSize, outputSize: 1000)
    #expect(small == Self.plain)
  }

  @Test(arguments: CompressionAlgorithm.allCases)
  func `members and frames are joined`(_ algorithm: CompressionAlgorithm) throws {
    let parts: [[UInt8]] = [Self.plain, [], [1, 2, 3], Self.plain]
    let bytes = parts.flatMap { Compressor.compress($0, algorithm) }
    #expect(try Self.read(bytes, algorithm, pieceSize: 5) == Array(parts.joined()))
  }

  @Test(arguments: [1, 512, 100_000])
  func `NUL padding after the last gzip member is tolerated`(_ count: Int) throws {
    let bytes = Compressor.gzip([1, 2, 3]) + [UInt8](repeating: 0, count: count)
    #expect(try Self.read(bytes, .gzip) == [1, 2, 3])
  }

  @Test(arguments: [
    [UInt8]([0, 1]), [0x50], [0x1f], [0x1f, 0x8b], Array(repeating: 0, count: 9) + [7],
  ])
  func `anything else after the last gzip member is refused`(_ garbage: [UInt8]) {
    #expect(throws: CompressionError.self) {
      try Self.read(Compressor.gzip([1, 2, 3]) + garbage, .gzip)
    }
  }

  @Test func `skippable zstd frames are skipped`() throws {
    let skippable: [UInt8] = [0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]
    let bytes = skippable + Compressor.zstd([1, 2]) + skippable + Compressor.zstd([3]) + skippable
    #expect(try Self.read(bytes, .zstd, pieceSize: 3) == [1, 2, 3])
  }

  @Test func `garbage after a zstd frame is refused`() {
    #expect(throws: CompressionError.trailingGarbage(.zstd)) {
      try Self.read(Compressor.zstd([1, 2, 3]) + [0, 0, 0, 0, 0, 0, 0, 0], .zstd)
    }
  }

  @Test(arguments: [CompressionAlgorithm.gzip, .zstd])
  func `a truncated stream is refused at every length`(_ algorithm: CompressionAlgorithm) {
    let bytes = Compressor.compress(Array(Self.plain.prefix(3000)), algorithm)
    for count in 0..<bytes.count {
      #expect(throws: CompressionError.truncated(algorithm), "\(count)") {
        try Self.read(Array(bytes.prefix(count)), algorithm)
      }
    }
  }

  @Test(arguments: [CompressionAlgorithm.gzip, .zstd])
  func `a flipped bit is an error or harmless, never a crash`(_ algorithm: CompressionAlgorithm) {
    let plain = Array(Self.plain.prefix(2000))
    let bytes = Compressor.compress(plain, algorithm)
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        // Header fields that mean nothing to the content may change without harm.
        if let read = try? Self.read(damaged, algorithm) { #expect(read == plain) }
      }
    }
  }

  @Test func `a zstd window above the limit is refused`() throws {
    let bytes = Compressor.zstd(Self.plain, windowLog: 24)
    #expect(throws: CompressionError.windowTooLarge(limit: 1 << 20)) {
      try Self.read(bytes, .zstd, windowLog: 20)
    }
    #expect(try Self.read(bytes, .zstd, windowLog: 24) == Self.plain)
  }

  @Test(arguments: CompressionAlgorithm.allCases, CompressionAlgorithm.allCases)
  func `a stream is read as what it is, whatever is said`(
    _ said: CompressionAlgorithm, _ actual: CompressionAlgorithm
  ) throws {
    // A plain archive may begin like something else.
    for name in ["file", "\u{1f}\u{8b}", "(\u{b5}"] {
      let tar = TarBuilder.make { $0.file(name, "content") }
      let blob = Compressor.compress(tar, actual)
      var rest = blob[...]
      let decompressor = try LayerDecompressor(said) { buffer in
        let piece = rest.prefix(min(buffer.count, 700))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
      }
      var plain = [UInt8](repeating: 0, count: tar.count + 1)
      let count = try plain.withUnsafeMutableBytes { try decompressor.read(into: $0) }
      #expect(Array(plain.prefix(count)) == tar)
      #expect((decompressor.mistype == nil) == (said == actual))
    }
  }

  @Test func `an error of the source is passed on`() throws {
    struct Broken: Error {}
    let decompressor = try LayerDecompressor(.gzip) { _ in throw Broken() }
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
    defer { output.deallocate() }
    #expect(throws: Broken.self) { try decompressor.read(into: output) }
  }
}
