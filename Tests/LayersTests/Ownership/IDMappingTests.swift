import Layers
import Testing

@Suite struct IDMappingTests {
  @Test(arguments: [
    ("0:1000", IDMapping(containerID: 0, hostID: 1000, size: 1)),
    ("0:1337:65535", IDMapping(containerID: 0, hostID: 1337, size: 65535)),
    ("4294967295:0", IDMapping(containerID: 4_294_967_295, hostID: 0, size: 1)),
    ("0:0:4294967295", IDMapping(containerID: 0, hostID: 0, size: 4_294_967_295)),
    ("007:08:09", IDMapping(containerID: 7, hostID: 8, size: 9)),
  ])
  func `a mapping is read`(text: String, mapping: IDMapping) throws {
    #expect(try IDMapping(parsing: text) == mapping)
  }

  @Test(arguments: [
    "", ":", "1", "1:", ":1", "1:2:", "1:2:3:4", "a:1", "1:-2", "+1:2", "1: 2", "0x1:2",
    "4294967296:0", "0:4294967296", "0:0:4294967296", "0:0:0", "4294967295:0:2", "0:4294967295:2",
    "0:0:18446744073709551616", "٣:1",
  ])
  func `a mapping that is none is refused`(text: String) {
    #expect(throws: IDMappingError.malformed(text)) { try IDMapping(parsing: text) }
  }

  @Test func `ids are mapped both ways within the range only`() {
    let mapping = IDMapping(containerID: 10, hostID: 1000, size: 5)
    #expect(mapping.hostID(of: 9) == nil)
    #expect(mapping.hostID(of: 10) == 1000)
    #expect(mapping.hostID(of: 14) == 1004)
    #expect(mapping.hostID(of: 15) == nil)
    #expect(mapping.containerID(of: 999) == nil)
    #expect(mapping.containerID(of: 1004) == 14)
    #expect(mapping.containerID(of: 1005) == nil)
  }

  @Test func `a range that runs past the last id maps nothing there`() {
    let mapping = IDMapping(containerID: 0, hostID: .max, size: 10)
    #expect(mapping.hostID(of: 0) == .max)
    #expect(mapping.hostID(of: 1) == nil)
  }
}

@Suite struct OwnershipMappingTests {
  let mapping = OwnershipMapping(
    userMappings: [
      IDMapping(containerID: 0, hostID: 1000, size: 1),
      IDMapping(containerID: 0, hostID: 5000, size: 10),
    ])

  @Test func `the first range that has an id wins`() throws {
    #expect(try mapping.hostUserID(of: 0) == 1000)
    #expect(try mapping.hostUserID(of: 1) == 5001)
    #expect(try mapping.containerUserID(of: 5001) == 1)
  }

  @Test func `without ranges an id stays as it is`() throws {
    #expect(try mapping.hostGroupID(of: 77) == 77)
    #expect(try mapping.containerGroupID(of: 77) == 77)
  }

  @Test func `an id in no range is an error`() {
    #expect(throws: IDMappingError.unmapped(id: 10, isUser: true)) {
      try mapping.hostUserID(of: 10)
    }
    #expect(throws: IDMappingError.unmapped(id: 0, isUser: true)) {
      try mapping.containerUserID(of: 0)
    }
  }

  @Test(arguments: [-1, 4_294_967_295, 4_294_967_296, Int64.max, Int64.min])
  func `a number that no file can have as its owner is an error`(id: Int64) {
    #expect(throws: IDMappingError.outOfRange(id: id, isUser: false)) {
      try OwnershipMapping.identity.hostGroupID(of: id)
    }
  }

  @Test func `rootless alone maps root to the caller`() {
    let mapping = OwnershipMapping.fromOptions(
      userMappings: [], groupMappings: [IDMapping(containerID: 0, hostID: 5)],
      isRootless: true, callerUserID: 1000, callerGroupID: 100)
    #expect(mapping.userMappings == [IDMapping(containerID: 0, hostID: 1000)])
    #expect(mapping.groupMappings == [IDMapping(containerID: 0, hostID: 5)])
  }
}
