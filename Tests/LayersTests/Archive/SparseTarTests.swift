import Store
import TestSupport
import Testing

@testable import Layers

/// Sparse files in the GNU formats, honest and hostile.
struct SparseTarTests {
  /// A sparse file of format 1.0 whose map is given as numbers.
  static func sparse(
    _ map: [Int64], size: Int64, data: [UInt8]
  ) -> [UInt8] {
    var body = Array(("\(map.count / 2)\n" + map.map { "\($0)\n" }.joined()).utf8)
    body += [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
    return TarBuilder.make { tar in
      tar.pax([
        ("GNU.sparse.major", Array("1".utf8)), ("GNU.sparse.minor", Array("0".utf8)),
        ("GNU.sparse.name", Array("sparse".utf8)),
        ("GNU.sparse.realsize", Array("\(size)".utf8)),
      ])
      tar.add(TarBuilder.Header("GNUSparseFile.0/sparse"), body + data)
    }
  }

  @Test func `holes are kept and read as zeros`() throws {
    let tar = Self.sparse([0, 3, 100_000, 2, 200_000, 0], size: 200_000, data: [1, 2, 3, 4, 5])
    var expected = [UInt8](repeating: 0, count: 200_000)
    expected.replaceSubrange(0..<3, with: [1, 2, 3])
    expected.replaceSubrange(100_000..<100_002, with: [4, 5])
    let entries = try TarReaderTests.read(tar)
    #expect(entries.map(\.path) == ["sparse"])
    #expect(entries.first?.content == expected)
  }

  @Test(arguments: [
    [100, 3, 0, 2], [0, 3, 1, 2], [0, 5, 299_999, 2], [Int64.max - 1, 5],
  ])
  func `a map that is out of order or leaves the file is refused`(_ map: [Int64]) {
    let tar = Self.sparse(map, size: 300_000, data: [1, 2, 3, 4, 5, 6, 7])
    #expect(throws: ArchiveError.self) { try TarReaderTests.read(tar) }
  }

  @Test func `a map that is itself a bomb is refused`() {
    let map = [Int64](repeating: 0, count: 2_000_000)
    let tar = Self.sparse(map, size: 10, data: [])
    #expect(throws: ArchiveError.headerTooLarge(limit: 1 << 20)) {
      try TarReaderTests.read(tar, headerLimit: 1 << 20)
    }
  }

  @Test func `a hole larger than a layer may be is refused`() throws {
    let rig = ExtractionRig()
    let tar = Self.sparse([0, 1], size: 1 << 45, data: [1])
    let error = try rig.failure([tar])
    #expect(error?.description.contains("unpacks to more than") == true)
  }

  @Test func `an extracted sparse file takes no room for its holes`() throws {
    let rig = ExtractionRig()
    try rig.extract([Self.sparse([0, 1, 50_000_000, 1], size: 60_000_000, data: [1, 2])])
    let status = try #require(Files.status(rig("sparse")))
    #expect(status.size == 60_000_000)
    #expect(status.blocks * 512 < 1_000_000)
  }
}

/// The other forms of sparse files.
extension SparseTarTests {
  /// What a file of 3000 bytes with data at 0 and 2000 holds.
  static let expected: [UInt8] =
    [1, 2, 3] + [UInt8](repeating: 0, count: 1997) + [4, 5] + [UInt8](repeating: 0, count: 998)

  private func check(_ make: (inout TarBuilder) -> Void) throws {
    let found = try TarReaderTests.read(TarBuilder.make(make))
    #expect(found.map(\.path) == ["sparse", "next"])
    #expect(found.first?.content == Self.expected)
  }

  @Test func `format 0-0 has a record for each number`() throws {
    let numbers = [("offset", 0), ("numbytes", 3), ("offset", 2000), ("numbytes", 2)]
    try check { tar in
      tar.pax(
        [
          ("GNU.sparse.size", Array("3000".utf8)), ("GNU.sparse.numblocks", Array("2".utf8)),
        ] + numbers.map { ("GNU.sparse." + $0, Array("\($1)".utf8)) })
      tar.add(TarBuilder.Header("sparse"), [1, 2, 3, 4, 5])
      tar.file("next")
    }
  }

  @Test func `format 0-1 has all numbers in one record`() throws {
    try check { tar in
      tar.pax([
        ("GNU.sparse.major", Array("0".utf8)), ("GNU.sparse.minor", Array("1".utf8)),
        ("GNU.sparse.size", Array("3000".utf8)), ("GNU.sparse.numblocks", Array("2".utf8)),
        ("GNU.sparse.name", Array("sparse".utf8)), ("GNU.sparse.map", Array("0,3,2000,2".utf8)),
      ])
      tar.add(TarBuilder.Header("GNUSparseFile.0/sparse"), [1, 2, 3, 4, 5])
      tar.file("next")
    }
  }

  /// A header of the old format, whose map begins in it and goes on in another block when it is long.
  private static func old(_ map: [(Int64, Int64)], size: Int64, data: [UInt8]) -> [UInt8] {
    func octal(_ value: Int64) -> [UInt8] {
      let digits = String(value, radix: 8)
      return Array((String(repeating: "0", count: 11 - digits.count) + digits + "\0").utf8)
    }
    func put(_ pieces: some Sequence<(Int64, Int64)>, into block: inout [UInt8], at start: Int) {
      for (index, piece) in pieces.enumerated() {
        block.replaceSubrange(
          start + index * 24..<start + index * 24 + 24, with: octal(piece.0) + octal(piece.1))
      }
    }
    var header = TarBuilder.Header("sparse")
    (header.type, header.magic) = ("S", Array("ustar  \0".utf8))
    header.size = Int64(data.count)
    var block = header.block
    put(map.prefix(4), into: &block, at: 386)
    block[482] = map.count > 4 ? 1 : 0
    block.replaceSubrange(483..<495, with: octal(size))
    block.replaceSubrange(148..<156, with: Array("        ".utf8))
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    block.replaceSubrange(148..<156, with: Array("\(sum)\0      ".utf8.prefix(8)))
    guard map.count > 4 else { return block }
    var further = [UInt8](repeating: 0, count: 512)
    put(map.dropFirst(4), into: &further, at: 0)
    return block + further
  }

  @Test func `the old format has its map in the headers`() throws {
    try check { tar in
      tar.bytes += Self.old([(0, 3), (2000, 2)], size: 3000, data: [1, 2, 3, 4, 5])
      tar.bytes += [1, 2, 3, 4, 5] + [UInt8](repeating: 0, count: 507)
      tar.file("next")
    }
    let pieces = (0..<6).map { (Int64($0 * 100), Int64(1)) }
    let found = try TarReaderTests.read(
      TarBuilder.make { tar in
        tar.bytes += Self.old(pieces, size: 600, data: [1, 2, 3, 4, 5, 6])
        tar.bytes += [1, 2, 3, 4, 5, 6] + [UInt8](repeating: 0, count: 506)
      })
    #expect(
      found.first?.content.enumerated().filter { $1 != 0 }.map(\.offset) == [
        0, 100, 200, 300, 400, 500,
      ])
  }
}
