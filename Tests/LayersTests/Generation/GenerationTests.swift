import CLinux
import Glibc
import Store
import TestSupport
import Testing

@testable import Layers

/// What files on disk become in a layer (umoci-behaviour §3).
struct GenerationTests {
  let rig = GenerationRig()

  @Test func `a folder comes before what is in it, all sorted by their bytes`() throws {
    for name in ["b", "b/z", "B", "a", "c"] { mkdir(rig(name), 0o755) }
    for name in ["b.txt", "b/file", "b-", "Z"] { Files.write([], to: rig(name)) }
    #expect(
      try rig.entries().map(\.path)
        == ["./", "B/", "Z", "a/", "b/", "b/file", "b/z/", "b-", "b.txt", "c/"])
  }

  @Test func `times are whole seconds, rounded down, and no later than they may be`() throws {
    let times: [(String, Int, Int)] = [
      ("old", 1000, 999_999_999), ("limit", 5000, 0), ("just after", 5000, 1), ("new", 9000, 5),
      ("before 1970", -10, 500_000_000),
    ]
    for (name, seconds, nanoseconds) in times {
      Files.write([], to: rig(name))
      let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
      utimensat(AT_FDCWD, rig(name), [time, time], 0)
    }
    rig.options.latestTime = FileTime(seconds: 5000, nanoseconds: 0)
    var found: [String: FileTime] = [:]
    try TarReaderTests.forEach(try rig.generate().blob) { reader in
      found[String(decoding: reader.entry.path, as: UTF8.self)] = reader.entry.modificationTime
    }
    let expected = [
      "old": 1000, "limit": 5000, "just after": 5000, "new": 5000, "before 1970": -10,
    ]
    for (name, seconds) in expected {
      #expect(found[name] == FileTime(seconds: Int64(seconds), nanoseconds: 0), "\(name)")
    }
  }

  @Test func `what is read while it changes is an error that names it`() throws {
    let path = rig("file")
    let changes: [(SourceChange, () -> Void)] = [
      (.grew(from: 8 << 20, to: (8 << 20) + 1), { Self.append(path) }),
      (.shrank(from: 8 << 20, to: 1 << 20), { truncate(path, 1 << 20) }),
      (.modified, { Self.overwrite(path) }),
    ]
    for (change, act) in changes {
      unlink(path)
      Files.write([UInt8](repeating: 7, count: 8 << 20), to: path)
      let time = timespec(tv_sec: 1, tv_nsec: 0)
      utimensat(AT_FDCWD, path, [time, time], 0)
      let sink = MemorySink()
      sink.onWrite = { if $0 == 2 << 20 { act() } }
      let failure = try rig.failure(into: sink)
      guard case .changedWhileRead(let name, let found) = failure else {
        Issue.record("\(change): \(String(describing: failure))")
        continue
      }
      #expect(name == path)
      // How far it had shrunk when that was noticed depends on the buffer.
      if case .shrank = change { if case .shrank = found { continue } }
      #expect(found == change)
    }
  }

  private static func append(_ path: String) {
    let file = clinux_open(path, O_WRONLY | O_APPEND, 0)
    write(file, "x", 1)
    close(file)
  }

  private static func overwrite(_ path: String) {
    let file = clinux_open(path, O_WRONLY, 0)
    write(file, "x", 1)
    close(file)
  }

  @Test func `what vanishes or is replaced meanwhile is an error that names it`() throws {
    let acts: [(String) -> Void] = [
      { unlink($0) },
      {
        unlink($0)
        mkdir($0, 0o755)
      },
    ]
    for act in acts {
      Files.write([UInt8](repeating: 7, count: 4 << 20), to: rig("a"))
      Files.write([1], to: rig("b"))
      let sink = MemorySink()
      let path = rig("b")
      sink.onWrite = { _ in act(path) }
      #expect(try rig.failure(into: sink) == .changedWhileRead(path: path, .replaced))
      rmdir(path)
    }
  }

  @Test func `a socket is left out, a fifo is not opened`() throws {
    mkfifo(rig("fifo"), 0o644)
    #expect(try rig.entries().map(\.kind) == [.directory, .fifo])
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(rig("s").utf8)) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
    }
    try #require(bound == 0)
    #expect(try rig.entries().map(\.kind) == [.directory, .fifo])
    #expect(rig.warnings == [.socket(path: rig("s"))])
  }

  @Test(arguments: [".wh.x", ".wh..wh..opq", ".wh."])
  func `a name that would be a whiteout is refused`(_ name: String) throws {
    mkdir(rig("dir"), 0o755)
    Files.write([], to: rig("dir/" + name))
    #expect(throws: LayerPathError.whiteoutName(Array("dir/\(name)".utf8))) {
      try rig.generate(into: MemorySink())
    }
  }

  @Test func `only later names of a file are links, also when not all names are there`() throws {
    Files.write(Array("content".utf8), to: rig("a"))
    link(rig("a"), rig("b"))
    link(rig("a"), rig.folder("outside"))
    symlink("target", rig("s1"))
    link(rig("s1"), rig("s2"))
    let entries = try rig.entries()
    #expect(entries.map(\.kind) == [.directory, .regular, .hardLink, .symbolicLink, .hardLink])
    #expect(entries.map(\.link) == ["", "", "a", "target", "s1"])
  }

  @Test func `attributes are sorted; those of the host and empty ones are left out`() throws {
    Files.write([], to: rig("file"))
    for (name, value) in [("user.b", "2"), ("user.a", "1"), ("user.empty", "")] {
      let status = lsetattr(rig("file"), name, value)
      try #require(status == 0, "this file system has no attributes")
    }
    var names: [String] = []
    try TarReaderTests.forEach(try rig.generate().blob) { reader in
      names += reader.entry.attributes.map { String(decoding: $0.name, as: UTF8.self) }
    }
    #expect(names == ["user.a", "user.b"])
    #expect(
      rig.warnings == [.emptyAttribute(path: rig("file"), name: Array("user.empty".utf8))])
  }

  @Test(arguments: ["user.a b", "user.100%", "user.a=b%20=", "user.ü", "user.\n\t"])
  func `an attribute may have any name`(_ name: String) throws {
    Files.write([], to: rig("file"))
    try #require(lsetattr(rig("file"), name, "x=\n") == 0)
    let result = try rig.generate()
    var found: [ExtendedAttribute] = []
    try TarReaderTests.forEach(result.blob) { found += $0.entry.attributes }
    #expect(found == [ExtendedAttribute(name: Array(name.utf8), value: Array("x=\n".utf8))])
    // Everybody but us reads a name with an equals sign otherwise, or not at all.
    let plain = TarBuilder.record("SCHILY.xattr." + name, Array("x=\n".utf8))
    let isPlain = String(decoding: result.blob, as: UTF8.self)
      .contains(String(decoding: plain, as: UTF8.self))
    #expect(isPlain == !name.contains("="))
  }

  private func lsetattr(_ path: String, _ name: String, _ value: String) -> Int32 {
    clinux_lsetxattr(path, name, Array(value.utf8), value.utf8.count)
  }

  @Test(.enabled(if: Requirement.root.isMet, "owners need root"))
  func `owners are mapped back, and unmapped ones are an error`() throws {
    Files.write([], to: rig("file"))
    lchown(rig("file"), 100_007, 200_009)
    for name in [rig.tree] { lchown(name, 100_000, 200_000) }
    rig.options.mapping = OwnershipMapping(
      userMappings: [IDMapping(containerID: 0, hostID: 100_000, size: 10)],
      groupMappings: [IDMapping(containerID: 0, hostID: 200_000, size: 10)])
    var owners: [[UInt32]] = []
    try TarReaderTests.forEach(try rig.generate().blob) {
      owners.append([$0.entry.userID, $0.entry.groupID])
    }
    #expect(owners == [[0, 0], [7, 9]])
    lchown(rig("file"), 5, 200_009)
    #expect(
      try rig.failure()
        == .owner(path: rig("file"), .unmapped(id: 5, isUser: true)))
  }

  @Test func `rootless owners come from the attribute, which is not stored`() throws {
    Files.write([], to: rig("plain"))
    Files.write([], to: rig("owned"))
    let value: [UInt8] = [0x08, 0xfb, 0x18, 0x10, 0x8e, 0x12]
    let name = "user.rootlesscontainers"
    try #require(clinux_lsetxattr(rig("owned"), name, value, value.count) == 0)
    #expect(try rig.generate().layer.entries == 3)
    #expect(rig.warnings == [.ownerAttribute(path: rig("owned"))])
    rig.options.mapping = .fromOptions(
      userMappings: [], groupMappings: [], isRootless: true, callerUserID: geteuid(),
      callerGroupID: getegid())
    var owners: [String: [Int]] = [:]
    try TarReaderTests.forEach(try rig.generate().blob) { reader in
      let entry = reader.entry
      owners[String(decoding: entry.path, as: UTF8.self)] = [
        Int(entry.userID), Int(entry.groupID), entry.attributes.count,
      ]
    }
    #expect(owners == ["./": [0, 0, 0], "plain": [0, 0, 0], "owned": [3195, 2318, 0]])
    try #require(clinux_lsetxattr(rig("owned"), name, [0x0f], 1) == 0)
    #expect(
      try rig.failure() == .malformedOwner(path: rig("owned"), MalformedRootlessOwner()))
  }
}
