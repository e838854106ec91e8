import Layers
import TestSupport
import Testing

@Suite struct RootlessOwnerTests {
  /// The values that umoci's own tests expect.
  @Test(
    arguments: [
      (992, 123, [0x08, 0xe0, 0x07, 0x10, 0x7b]),
      (0, 456, [0x08, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x10, 0xc8, 0x03]),
      (98, 0, [0x08, 0x62, 0x10, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      (492, 218, [0x08, 0xec, 0x03, 0x10, 0xda, 0x01]),
      (123, 456, [0x08, 0x7b, 0x10, 0xc8, 0x03]),
      (3195, 2318, [0x08, 0xfb, 0x18, 0x10, 0x8e, 0x12]),
    ] as [(UInt32, UInt32, [UInt8])])
  func `an owner has its bytes`(user: UInt32, group: UInt32, bytes: [UInt8]) throws {
    let owner = try #require(RootlessOwner(userID: user, groupID: group))
    #expect(owner.encoded == bytes)
    #expect(try RootlessOwner(decoding: bytes) == owner)
  }

  @Test func `root's own files carry no attribute`() {
    #expect(RootlessOwner(userID: 0, groupID: 0) == nil)
  }

  @Test func `what is missing is root's`() throws {
    let owner = try RootlessOwner(decoding: [])
    #expect(owner.userID == 0 && owner.groupID == 0)
  }

  @Test(
    arguments: [
      [0x1a, 0x02, 0xff, 0xff, 0x08, 0x01, 0x10, 0x02],
      [0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x08, 0x01, 0x10, 0x02],
      [0x1d, 1, 2, 3, 4, 0x08, 0x01, 0x10, 0x02],
      [0x08, 0x09, 0x10, 0x02, 0x08, 0x01],
      [0x08, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x10, 0x02],
    ] as [[UInt8]])
  func `foreign fields, repeated ones and wide numbers are read`(bytes: [UInt8]) throws {
    let owner = try RootlessOwner(decoding: bytes)
    #expect(owner.userID == 1 && owner.groupID == 2)
  }

  @Test(
    arguments: [
      [0x08], [0x08, 0x80], [0x00, 0x01], [0x0b], [0x0e, 0x00], [0x0a, 0x02, 0x01],
      [0x0d, 1, 2, 3],
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
    ] as [[UInt8]])
  func `bytes that are no message are refused`(bytes: [UInt8]) {
    #expect(throws: MalformedRootlessOwner.self) { try RootlessOwner(decoding: bytes) }
  }

  @Test func `every owner survives a round trip, and no bytes crash the decoder`() throws {
    var random = SplitMix(announcing: TestEffort.seed)
    for _ in 0..<2_000 {
      let user = UInt32.random(in: 1..<(.max), using: &random)
      let group = UInt32.random(in: 1..<(.max), using: &random)
      let owner = try #require(RootlessOwner(userID: user, groupID: group), "seed \(random.seed)")
      let again = try RootlessOwner(decoding: owner.encoded)
      #expect(again.userID == user && again.groupID == group, "seed \(random.seed)")
      let noise = (0..<Int.random(in: 0...24, using: &random)).map { _ in
        UInt8.random(in: 0 ... .max, using: &random)
      }
      _ = try? RootlessOwner(decoding: noise)
    }
  }
}
