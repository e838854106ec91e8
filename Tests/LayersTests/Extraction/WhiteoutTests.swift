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

  // MARK: the path as it is written, of lower layers

  /// Extracts two layers, the upper one with its whiteouts at the start, then at the end.
  private func both(
    _ lower: (inout TarBuilder) -> Void, whiteouts: [String], _ upper: (inout TarBuilder) -> Void
  ) throws -> ExtractionRig {
    var trees: [[ExtractedEntry]] = []
    let rigs = [ExtractionRig(), ExtractionRig()]
    for (rig, isFirst) in zip(rigs, [true, false]) {
      let tree = try rig.extract([
        TarBuilder.make(lower),
        TarBuilder.make { tar in
          if isFirst { for name in whiteouts { tar.file(name) } }
          upper(&tar)
          if !isFirst { for name in whiteouts { tar.file(name) } }
        },
      ])
      var entries: [ExtractedEntry] = []
      tree.walk { step in
        switch step {
        case .enter(let entry, _), .item(let entry): entries.append(entry)
        case .leave: break
        }
      }
      trees.append(entries)
    }
    #expect(trees[0] == trees[1])
    return rigs[0]
  }

  @Test func `a whiteout never goes through a link that its own layer makes`() throws {
    let rig = try both(
      { tar in
        tar.directory("a")
        tar.file("a/x", "1")
        tar.directory("b")
        tar.file("b/x", "keep")
      }, whiteouts: ["a/.wh.x", "a/.wh..wh..opq"]
    ) { $0.symbolicLink("a", to: "b") }
    #expect(Files.text(rig("b/x")) == "keep")
  }

  @Test func `a folder in place of a link is all that an opaque marker in it is about`() throws {
    let rig = try both(
      { tar in
        tar.directory("target")
        tar.file("target/keep", "keep")
        tar.symbolicLink("link", to: "/target")
      }, whiteouts: ["link/.wh..wh..opq"]
    ) { tar in
      tar.directory("link")
      tar.file("link/new")
    }
    #expect(Files.names(rig("target")) == ["keep"])
    #expect(Files.names(rig("link")) == ["new"])
  }

  @Test func `whiteouts of a link and through it both count`() throws {
    for names in [[".wh.link", "link/.wh.file"], ["link/.wh.file", ".wh.link"]] {
      let rig = try both(
        { $0.bytes += Self.lower.dropLast(1024) }, whiteouts: names
      ) { $0.file("new") }
      #expect(Files.names(rig.rootfs) == ["dir", "new", "other"])
      #expect(Files.names(rig("dir")) == ["sub"])
    }
  }

  @Test func `a link that the layer itself has gone through stays`() throws {
    let rig = try both(
      { $0.bytes += Self.lower.dropLast(1024) }, whiteouts: [".wh.link"]
    ) { $0.file("link/new", "new") }
    #expect(Files.text(rig("link/new")) == "new")
    #expect(Files.names(rig("dir")) == ["file", "new", "sub"])
  }

  @Test func `a hidden file is there for hard links of its layer`() throws {
    let rig = try both(
      { $0.file("a", "content") }, whiteouts: [".wh.a"]
    ) { $0.hardLink("b", to: "a") }
    #expect(Files.names(rig.rootfs) == ["b"])
    #expect(Files.status(rig("b"))?.linkCount == 1)
  }

  @Test func `what AUFS left makes nothing, and links into it get their content`() throws {
    let tree = try rig.extract([
      TarBuilder.make { tar in
        tar.file(".wh..wh.aufs")
        tar.directory(".wh..wh.orph")
        tar.directory(".wh..wh.plnk")
        tar.file(".wh..wh.plnk/1.2", "content")
        tar.directory("usr")
        tar.hardLink("usr/tool", to: ".wh..wh.plnk/1.2")
        tar.hardLink("usr/other", to: ".wh..wh.plnk/1.2")
      }
    ])
    #expect(Files.names(rig.rootfs) == ["usr"])
    #expect(Files.text(rig("usr/tool")) == "content")
    #expect(Files.status(rig("usr/other"))?.linkCount == 2)
    #expect(tree.count == 4)
  }

  @Test(arguments: [".wh.x/y", "d/.wh.x/y/z", ".wh..wh.other/y", "d/.wh..wh.plnk/y", ".wh./y"])
  func `below a whiteout there is nothing`(_ name: String) throws {
    let error = try rig.failure([TarBuilder.make { $0.file(name) }])
    #expect(error?.description.contains("lies below a whiteout") == true)
  }
}
