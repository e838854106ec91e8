import Layers
import Store
import TestSupport
import Testing

/// Whiteouts: they remove what lower layers brought, and nothing else (umoci-behaviour §4.4).
struct WhiteoutTests {
  let rig = ExtractionRig()
  static let lower = TarBuilder.make { tar in
    tar.directory("dir")
    tar.file("dir/file", "old")
    tar.directory("dir/sub")
    tar.file("dir/sub/deep", "old")
    tar.file("other", "old")
    tar.symbolicLink("link", to: "dir")
  }

  private func extract(_ upper: (inout TarBuilder) -> Void) throws {
    try rig.extract([Self.lower, TarBuilder.make(upper)])
  }

  @Test func `a whiteout removes a file and a whole directory`() throws {
    try extract {
      $0.file(".wh.other")
      $0.file(".wh.dir")
    }
    #expect(Files.names(rig.rootfs) == ["link"])
  }

  @Test func `a whiteout of something that is not there is nothing`() throws {
    try extract {
      $0.file(".wh.nothing")
      $0.file("nothing/here/.wh.file")
      $0.file("other/.wh.file")
    }
    #expect(Files.names(rig.rootfs) == ["dir", "link", "other"])
  }

  @Test func `an opaque marker keeps the directory and what its layer has put there`() throws {
    try extract {
      $0.file("dir/sub/new", "new")
      $0.file("dir/.wh..wh..opq")
      $0.file("dir/later", "new")
    }
    #expect(Files.names(rig("dir")) == ["later", "sub"])
    #expect(Files.names(rig("dir/sub")) == ["new"])
  }

  @Test(arguments: [true, false])
  func `order within a layer does not matter`(_ isFirst: Bool) throws {
    try extract { tar in
      if isFirst { tar.file(".wh.dir") }
      tar.file("dir/file", "new")
      if !isFirst { tar.file(".wh.dir") }
    }
    #expect(Files.names(rig("dir")) == ["file"])
    #expect(Files.text(rig("dir/file")) == "new")
  }

  @Test func `a whiteout of a link removes the link`() throws {
    try extract { $0.file(".wh.link") }
    #expect(Files.names(rig.rootfs) == ["dir", "other"])
  }

  @Test func `a whiteout through a link reaches what it leads to`() throws {
    try extract { $0.file("link/.wh.file") }
    #expect(Files.names(rig("dir")) == ["sub"])
  }

  @Test func `an opaque root removes everything below it`() throws {
    try extract { $0.file(".wh..wh..opq") }
    #expect(Files.names(rig.rootfs) == [])
  }

  @Test func `a whiteout leaves the time of its directory`() throws {
    try extract { $0.file("dir/.wh.file") }
    #expect(Files.status(rig("dir"))?.modificationTime.seconds == 1_600_000_000)
    #expect(Files.status(rig.rootfs)?.modificationTime.seconds == 0)
  }

  @Test func `a whiteout spares other names of a file`() throws {
    let lower = TarBuilder.make { tar in
      tar.file("a", "shared")
      tar.hardLink("b", to: "a")
    }
    let tree = try rig.extract([lower, TarBuilder.make { $0.file(".wh.a") }])
    #expect(Files.text(rig("b")) == "shared")
    var links: [UInt64] = []
    tree.walk { if case .item(let entry) = $0 { links.append(entry.linkCount) } }
    #expect(links == [1])
  }
}
