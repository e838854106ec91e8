import TestSupport
import Testing

@testable import Layers

/// gzip in all its parts, read member by member and piece by piece.
struct GzipTests {
  /// How members are read.
  enum Way: CaseIterable {
    /// As it is decided for each of them.
    case chosen
    /// By zlib, whatever their size.
    case pieces
  }

  /// Reads a stream that is cut into pieces of these sizes; what is left is the last one.
  private func read(
    _ bytes: [UInt8], _ way: Way, pieces sizes: [Int] = [], repeating size: Int = .max,
    outputSize: Int = 1 << 16
  ) throws -> [UInt8] {
    let stream = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(bytes.count, 1), alignment: 1)
    defer { stream.deallocate() }
    stream.copyBytes(from: bytes)
    var rest = UnsafeRawBufferPointer(rebasing: stream[..<bytes.count])
    var sizes = sizes[...]
    let codec = try GzipCodec(readsSmallMembers: way == .chosen)
    let decompressor = LayerDecompressor(.gzip, codec) {
      if rest.isEmpty { return nil }
      let piece = rest.prefix(sizes.popFirst() ?? size)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
      return UnsafeRawBufferPointer(rebasing: piece)
    }
    var plain: [UInt8] = []
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: outputSize, alignment: 16)
    defer { output.deallocate() }
    while true {
      let count = try decompressor.read(into: output)
      plain += output[..<count]
      if count < output.count { return plain }
    }
  }

  private static let text = Array("some text, some more text, and some more".utf8)

  // MARK: headers

  @Test(arguments: Way.allCases, GzipMember.variants(of: text))
  func `a member is read whatever its header has and wherever it is cut`(
    _ way: Way, _ member: GzipMember
  ) throws {
    let bytes = member.bytes
    for cut in 0...bytes.count {
      #expect(try read(bytes, way, pieces: [cut]) == Self.text, "\(cut)")
    }
    #expect(try read(bytes + bytes, way, repeating: 1, outputSize: 1) == Self.text + Self.text)
  }

  @Test(arguments: Way.allCases, GzipMember.variants(of: text))
  func `a member that ends too early is refused at every byte`(
    _ way: Way, _ member: GzipMember
  ) {
    let bytes = member.bytes
    for count in bytes.indices {
      for whole in [[], bytes] where whole.isEmpty || count > 0 {
        #expect(throws: CompressionError.truncated(.gzip), "\(count)") {
          try read(whole + bytes[..<count], way, repeating: 7)
        }
      }
    }
  }

  @Test(arguments: Way.allCases)
  func `a long name and a long extra field are no obstacle`(_ way: Way) throws {
    var member = GzipMember(Self.text)
    member.extra = [UInt8](repeating: 7, count: 65_535)
    member.name = [UInt8](repeating: 0x61, count: 3_000_000)
    member.hasHeaderChecksum = true
    #expect(try read(member.bytes, way, repeating: 4096) == Self.text)
    member.extra = []
    #expect(try read(member.bytes, way, repeating: 4096) == Self.text)
  }

  private static let damaged: [(GzipMember, String)] = {
    func member(_ change: (inout GzipMember) -> Void) -> GzipMember {
      var member = GzipMember(text)
      change(&member)
      return member
    }
    return [
      (member { $0.magic = [0x50, 0x4b] }, "incorrect header check"),
      (member { $0.magic = [0x1f, 0x8c] }, "incorrect header check"),
      (member { $0.method = 7 }, "unknown compression method"),
      (member { $0.extraFlags = 0x20 }, "unknown header flags set"),
      (member { $0.extraFlags = 0x40 }, "unknown header flags set"),
      (member { $0.extraFlags = 0x80 }, "unknown header flags set"),
      (
        member {
          $0.hasHeaderChecksum = true
          $0.name = [0x61]
          $0.headerChecksumError = 1
        }, "header crc mismatch"
      ),
      (
        member {
          $0.hasHeaderChecksum = true
          $0.headerChecksumError = 0x8000
        }, "header crc mismatch"
      ),
      (member { $0.checksumError = 1 }, "incorrect data check"),
      (member { $0.checksumError = 0x8000_0000 }, "incorrect data check"),
      (member { $0.sizeError = 1 }, "incorrect length check"),
      (member { $0.sizeError = 0x8000_0000 }, "incorrect length check"),
    ]
  }()

  @Test(arguments: Way.allCases, damaged.indices)
  func `what is wrong with a member is told`(_ way: Way, _ index: Int) {
    let (member, reason) = Self.damaged[index]
    let bytes = member.bytes
    for cut in 0...bytes.count {
      #expect(throws: CompressionError.corrupt(.gzip, reason: reason), "\(cut)") {
        try read(bytes, way, pieces: [cut])
      }
    }
  }

  @Test(arguments: Way.allCases)
  func `damage in a later member is told too`(_ way: Way) {
    var last = GzipMember(Self.text)
    last.checksumError = 1
    #expect(throws: CompressionError.corrupt(.gzip, reason: "incorrect data check")) {
      try read(GzipMember(Self.text).bytes + last.bytes, way, repeating: 11)
    }
  }

  @Test(arguments: Way.allCases)
  func `a flipped bit is an error or harmless`(_ way: Way) {
    var member = GzipMember(Self.text)
    member.name = [0x61, 0x62]
    member.hasHeaderChecksum = true
    let bytes = member.bytes
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        if let plain = try? read(damaged, way, repeating: 5) { #expect(plain == Self.text) }
      }
    }
  }

  // MARK: members of all sizes

  /// Content of a length that can be compressed well or not at all: deflate looks back 32 KiB only.
  private static func content(_ count: Int, noise: Bool, seed: UInt64) -> [UInt8] {
    var generator = SplitMix(announcing: seed)
    let block = (0..<50_000).map { index in
      noise ? UInt8(truncatingIfNeeded: generator.next()) : UInt8(index / 9 & 63)
    }
    var content: [UInt8] = []
    while content.count < count { content += block.prefix(count - content.count) }
    return content
  }

  @Test(arguments: Way.allCases, [true, false])
  func `small and large members are read in any order`(_ way: Way, _ noise: Bool) throws {
    let limit = GzipCompressor.chunkSize
    let sizes = [1, limit, 0, limit + 1, limit, 17, 3 * limit, 5]
    var plain: [UInt8] = []
    var bytes: [UInt8] = []
    for size in sizes {
      let part = Self.content(size, noise: noise, seed: UInt64(size))
      plain += part
      bytes += Compressor.gzip(part, level: 1)
    }
    bytes += [0, 0, 0]
    for size in [99_991, 1 << 18, .max] {
      #expect(try read(bytes, way, repeating: size) == plain)
    }
  }

  @Test(arguments: [true, false])
  func `what we compress ourselves is read member by member`(_ noise: Bool) throws {
    let plain = Self.content(4 * GzipCompressor.chunkSize + 1234, noise: noise, seed: 9)
    let compressor = try GzipCompressor(level: 4)
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: plain.count, by: GzipCompressor.chunkSize) {
      let chunk = Array(plain[start..<min(start + GzipCompressor.chunkSize, plain.count)])
      var room = [UInt8](repeating: 0, count: GzipCompressor.largestResult)
      let count = room.withUnsafeMutableBytes { room in
        chunk.withUnsafeBytes { compressor.compress($0, into: room) }
      }
      bytes += room[..<count]
    }
    let reader = try #require(SmallMembers())
    let first = bytes.prefix(SmallMembers.inputSize).withUnsafeBytes { reader.read($0) }
    #expect(first != nil)
    #expect(try read(bytes, .chosen, repeating: 1 << 18) == plain)
    #expect(try read(bytes, .pieces, repeating: 1 << 18) == plain)
  }
}
