import Glibc
import Store
import TestSupport
import Testing

@testable import Layers

/// What entries become on disk (umoci-behaviour §4.3 to §4.7).
struct ExtractionTests {
  let rig = ExtractionRig()
  static let isRoot = geteuid() == 0

  @Test func `files, modes and times come as the layer has them`() throws {
    try rig.extract([
      TarBuilder.make { tar in
        tar.directory("dir", mode: 0o750, time: 1_500_000_000)
        tar.file("dir/file", "content", mode: 0o4711)
        tar.symbolicLink("dir/link", to: "../somewhere/else")
        tar.special("dir/fifo", type: "6")
        tar.hardLink("hard", to: "dir/file")
      }
    ])
    let file = try #require(Files.status(rig("dir/file")))
    #expect(Files.text(rig("dir/file")) == "content")
    #expect(file.permissions == 0o4711)
    #expect(file.modificationTime == FileTime(seconds: 1_600_000_000, nanoseconds: 0))
    #expect(file.accessTime == file.modificationTime)
    #expect(file.linkCount == 2)
    #expect(Files.status(rig("hard"))?.inode == file.inode)
    #expect(Files.status(rig("dir"))?.permissions == 0o750)
    #expect(Files.status(rig("dir"))?.modificationTime.seconds == 1_500_000_000)
    #expect(Files.linkTarget(rig("dir/link")) == "../somewhere/else")
    #expect(Files.status(rig("dir/link"))?.modificationTime.seconds == 1_600_000_000)
    #expect(Files.status(rig("dir/fifo"))?.kind == .fifo)
  }

  @Test func `parents without an entry are made the same way each time`() throws {
    try rig.extract([TarBuilder.make { $0.file("a/b/file") }])
    for name in ["a", "a/b"] {
      let status = try #require(Files.status(rig(name)))
      #expect(status.permissions == 0o755)
      #expect(status.modificationTime == FileTime(seconds: 0, nanoseconds: 0))
    }
  }

  @Test func `no layers make an empty root with no age`() throws {
    let tree = try rig.extract(sources: [])
    #expect(tree.count == 1)
    #expect(Files.names(rig.rootfs) == [])
    #expect(Files.status(rig.rootfs)?.modificationTime == FileTime(seconds: 0, nanoseconds: 0))
  }

  @Test func `the root takes the metadata of its entry`() throws {
    try rig.extract([TarBuilder.make { $0.directory("./", mode: 0o711, time: 42) }])
    #expect(Files.status(rig.rootfs)?.permissions == 0o711)
    #expect(Files.status(rig.rootfs)?.modificationTime.seconds == 42)
  }

  @Test func `an upper layer replaces a file without touching its other names`() throws {
    try rig.extract([
      TarBuilder.make { tar in
        tar.file("a", "old")
        tar.hardLink("b", to: "a")
      },
      TarBuilder.make { $0.file("a", "new") },
    ])
    #expect(Files.text(rig("a")) == "new")
    #expect(Files.text(rig("b")) == "old")
  }

  @Test func `a directory entry keeps what is in the directory and renews its metadata`() throws {
    try rig.extract([
      TarBuilder.make { tar in
        tar.directory("dir", mode: 0o700, time: 1)
        tar.file("dir/file", "kept")
      },
      TarBuilder.make { $0.directory("dir", mode: 0o755, time: 2) },
    ])
    #expect(Files.text(rig("dir/file")) == "kept")
    #expect(Files.status(rig("dir"))?.permissions == 0o755)
    #expect(Files.status(rig("dir"))?.modificationTime.seconds == 2)
  }

  @Test(arguments: [true, false])
  func `a link to a directory is kept only on demand`(_ keeps: Bool) throws {
    rig.options.keepsDirectoryLinks = keeps
    try rig.extract([
      TarBuilder.make { tar in
        tar.directory("real")
        tar.symbolicLink("link", to: "/real")
        tar.symbolicLink("dangling", to: "nowhere")
        tar.symbolicLink("loop", to: "loop")
      },
      TarBuilder.make { tar in
        tar.directory("link")
        tar.file("link/file")
        tar.directory("dangling")
        tar.directory("loop")
      },
    ])
    #expect(Files.status(rig("link"))?.kind == (keeps ? .symbolicLink : .directory))
    #expect(Files.names(rig("real")) == (keeps ? ["file"] : []))
    #expect(Files.status(rig("dangling"))?.kind == .directory)
    #expect(Files.status(rig("loop"))?.kind == .directory)
  }

  @Test func `directories that nobody may enter can be filled`() throws {
    try rig.extract([
      TarBuilder.make { tar in
        tar.directory("closed", mode: 0)
        tar.directory("closed/inner", mode: 0)
        tar.file("closed/inner/file", mode: 0)
      }
    ])
    #expect(Files.status(rig("closed"))?.permissions == 0)
  }

  @Test func `attributes are set, and those of a lower layer go`() throws {
    func layer(_ attributes: [(String, [UInt8])]) -> [UInt8] {
      TarBuilder.make { tar in
        for name in ["dir", "file"] {
          if !attributes.isEmpty {
            tar.pax(attributes.map { ("SCHILY.xattr." + $0.0, $0.1) })
          }
          if name == "dir" { tar.directory(name) } else { tar.file(name) }
        }
      }
    }
    let tree = try rig.extract([
      layer([("user.a", [1, 0, 2]), ("user.b", [3])]), layer([("user.b", [4])]),
    ])
    for name in ["dir", "file"] {
      #expect(Files.attribute("user.a", of: rig(name)) == nil)
      #expect(Files.attribute("user.b", of: rig(name)) == [4])
    }
    var recorded: [[ExtendedAttribute]] = []
    tree.walk { step in
      switch step {
      case .enter(let entry, _), .item(let entry): recorded.append(entry.attributes)
      case .leave: break
      }
    }
    let expected = [ExtendedAttribute(name: Array("user.b".utf8), value: [4])]
    #expect(
      recorded.dropFirst().allSatisfy {
        $0.filter { $0.name != Array("security.selinux".utf8) } == expected
      })
  }

  @Test func `a directory that is not empty is a lower layer`() throws {
    mkdir(rig("old"), 0o700)
    mkdir(rig("old/inner"), 0)
    Files.write([1], to: rig("old/file"))
    Files.write([2], to: rig("gone"))
    symlink("old", rig("link"))
    let time = Files.status(rig("old"))?.modificationTime
    try rig.extract([
      TarBuilder.make { tar in
        tar.file(".wh.gone")
        tar.file("link/new", "new")
        tar.directory("link")
      }
    ])
    #expect(Files.names(rig.rootfs) == ["link", "old"])
    #expect(Files.text(rig("old/new")) == "new")
    #expect(Files.read(rig("old/file")) == [1])
    #expect(Files.status(rig("old"))?.modificationTime == time)
    #expect(Files.status(rig("old/inner"))?.permissions == 0)
    #expect(Files.status(rig("link"))?.kind == .directory)
  }

  @Test(.enabled(if: isRoot)) func `capabilities survive a change of owner`() throws {
    let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let mapping = IDMapping(containerID: 0, hostID: 1000, size: 10)
    rig.options.mapping = OwnershipMapping(userMappings: [mapping], groupMappings: [mapping])
    try rig.extract([
      TarBuilder.make { tar in
        tar.pax([("SCHILY.xattr.security.capability", capability)])
        var header = TarBuilder.Header("ping")
        header.mode = 0o4755
        header.userID = 7
        tar.add(header)
      }
    ])
    let status = try #require(Files.status(rig("ping")))
    #expect(status.userID == 1007)
    #expect(status.groupID == 1000)
    #expect(status.permissions == 0o4755)
    #expect(Files.attribute("security.capability", of: rig("ping"))?.count == 20)
    #expect(Files.status(rig.rootfs)?.userID == 1000)
  }

  @Test func `an id outside the mapping is refused`() throws {
    let error = try rig.failure([
      TarBuilder.make { tar in
        var header = TarBuilder.Header("file")
        header.userID = 5000
        tar.add(header)
      }
    ])
    #expect(error?.description.contains("user id 5000 is in none of the mapped ranges") == true)
  }

  @Test(.enabled(if: isRoot)) func `device nodes are made with their numbers`() throws {
    try rig.extract([
      TarBuilder.make { tar in
        tar.special("null", type: "3", device: (1, 3))
        tar.special("loop", type: "4", device: (7, 300))
      }
    ])
    #expect(Files.status(rig("null"))?.kind == .characterDevice)
    #expect(Files.status(rig("null"))?.representedDevice == 0x103)
    #expect(Files.status(rig("loop"))?.kind == .blockDevice)
  }

  @Test(arguments: [
    (UInt32(992), UInt32(123), [0x08, 0xe0, 0x07, 0x10, 0x7b] as [UInt8]),
    (0, 456, [0x08, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x10, 0xc8, 0x03]),
    (98, 0, [0x08, 0x62, 0x10, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    (0, 0, []),
  ])
  func `rootless extraction keeps owners in an attribute`(
    _ user: UInt32, _ group: UInt32, _ expected: [UInt8]
  ) throws {
    rig.options.mapping = OwnershipMapping(isRootless: true)
    try rig.extract([
      TarBuilder.make { tar in
        tar.pax([("SCHILY.xattr.user.rootlesscontainers", [1, 2, 3])])
        var header = TarBuilder.Header("file")
        header.userID = user
        header.groupID = group
        tar.add(header)
        tar.special("device", type: "3", device: (1, 3))
      }
    ])
    let value = Files.attribute("user.rootlesscontainers", of: rig("file"))
    #expect(value ?? [] == expected)
    #expect(Files.status(rig("file"))?.userID == geteuid())
    #expect(Files.status(rig("device"))?.kind == .regular)
    #expect(Files.status(rig("device"))?.permissions == 0o644)
    #expect(rig.warnings.contains(.deviceReplaced(entry: Array("device".utf8))))
    #expect(rig.warnings.contains(.foreignRootlessOwner(entry: Array("file".utf8))))
  }

  @Test func `an attribute that a link cannot have is left out with a warning`() throws {
    try rig.extract([
      TarBuilder.make { tar in
        tar.pax([("SCHILY.xattr.user.foo", [1])])
        tar.symbolicLink("link", to: "x")
        tar.pax([("SCHILY.xattr.user.foo", [1])])
        tar.special("fifo", type: "6")
      }
    ])
    #expect(rig.warnings == [.attributeNotPossible(name: Array("user.foo".utf8))])
    #expect(Files.names(rig.rootfs) == ["fifo", "link"])
  }

  @Test(.enabled(if: isRoot)) func `an attribute that the kernel does not take is named`() throws {
    let error = try rig.failure([
      TarBuilder.make { tar in
        tar.pax([("SCHILY.xattr.security.capability", [1, 0, 0, 2, 0])])
        tar.file("tool", "x")
      }
    ])
    let text = error?.description ?? "accepted"
    #expect(text.contains("security.capability") && text.contains("entry \"tool\""), "\(text)")
  }

  @Test(.enabled(if: isRoot))
  func `an access control list as text is set, and the mode stays`() throws {
    let list = "user::rwx,user:joe:rwx:1000,group::r-x,mask::rwx,other::r-x"
    try rig.extract([
      TarBuilder.make { tar in
        tar.pax([("SCHILY.acl.access", Array(list.utf8))])
        tar.file("a", "x", mode: 0o2775)
        tar.pax([("SCHILY.acl.access", Array("user:joe:rwx".utf8))])
        tar.file("b", "x", mode: 0o640)
      }
    ])
    #expect(Files.status(rig("a"))?.permissions == 0o2775)
    #expect(Files.status(rig("b"))?.permissions == 0o640)
    #expect(rig.warnings == [.unreadableAccessList(entry: Array("b".utf8))])
    let place = AttributePlace(
      descriptor: -1, link: rig("a").utf8.map { CChar(bitPattern: $0) } + [0])
    if !rig.warnings.contains(.attributesNotSupported) {
      #expect(place.value(of: Array("system.posix_acl_access".utf8))?.count == 4 + 5 * 8)
    }
  }

  @Test func `a layer that is compressed otherwise than its type says is read, and told`() throws {
    let tar = TarBuilder.make { $0.file("a", "content") }
    let blob = Compressor.compress(tar, .zstd)
    try rig.extract(sources: [try rig.source(blob: blob, .gzip, diffID: .sha256(of: tar))])
    #expect(Files.text(rig("a")) == "content")
    #expect(rig.warnings == [.layerMistyped(layer: 1, says: .gzip, is: .zstd)])
  }
}
