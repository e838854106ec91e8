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
