import Glibc
import Journal
import Layers
import Mutations
import Store
import TestSupport
import Testing

@Suite struct LayoutTransactionTests {
  private let folder: TestLayout

  init() throws {
    folder = try TestLayout()
  }

  private struct ChangedMyMind: Error {}

  private static let archive = TarBuilder.make { $0.file("hello.txt", "Hello, world\n") }

  private func open() throws -> ImageLayout { try ImageLayout.open(folder.path) }

  private func digests(_ tags: [String]) throws -> [Digest?] { try tags.map(folder.digest) }

  private func expectSound() throws {
    #expect(try LayoutAudit.problems(of: folder.path) == [])
  }

  @Test func `all of a transaction is one operation`() throws {
    let layout = try open()
    let result = try layout.transaction(by: folder.invocation) { tx in
      let layer = try tx.addLayer(.pieces([Self.archive]), to: "a", as: "new")
      #expect(layer?.mediaType == .layerGzip)
      try tx.editConfig(of: "new", as: "new", [.user("nobody")])
      try tx.setTag("latest", to: "new")
      try tx.removeTag("b")
      #expect(tx.index.referenceNames.sorted() == ["a", "latest", "new"])
      #expect(try folder.digest("new") == nil)
    }
    guard case .committed(let record) = result.outcome else {
      Issue.record("nothing was committed")
      return
    }
    #expect(record.kind == .batch)
    #expect(record.edits.map(\.key).sorted() == [.name("b"), .name("latest"), .name("new")])
    #expect(try folder.digest("latest") == folder.digest("new"))
    let operations = try layout.history?.operations() ?? []
    #expect(operations.map(\.record.kind) == [.batch, .adopt])
    try expectSound()
  }

  @Test func `a transaction that throws changes nothing`() throws {
    let before = try digests(["a", "b", "new"])
    let blobs = try Files.names(in: folder.path + "/blobs/sha256")
    #expect(throws: ChangedMyMind.self) {
      try open().transaction(by: folder.invocation) { tx in
        try tx.addLayer(.pieces([Self.archive]), to: "a", as: "new")
        try tx.removeTag("a")
        throw ChangedMyMind()
      }
    }
    #expect(try digests(["a", "b", "new"]) == before)
    #expect(try Files.names(in: folder.path + "/blobs/sha256") == blobs)
    try expectSound()
  }

  @Test func `a call that throws adds nothing, and the others stand`() throws {
    try open().transaction(by: folder.invocation) { tx in
      #expect(throws: ReferenceError.self) { try tx.setTag("x", to: "nowhere") }
      #expect(throws: ReferenceName.Malformed.self) { try tx.removeTag("-") }
      #expect(throws: ImageReference.Malformed.self) { try tx.setTag("x", to: "@zz") }
      try tx.setTag("y", to: "b")
    }
    #expect(try digests(["x", "y"]) == [nil, folder.digest("b")])
    try expectSound()
  }

  @Test func `a transaction without a change is no operation`() throws {
    try folder.tag("c", to: "a")
    let result = try open().transaction(by: folder.invocation) { try $0.setTag("c", to: "a") }
    guard case .unchanged = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(try open().history?.newest()?.record.kind == .tag)
    try expectSound()
  }

  @Test func `what somebody else does meanwhile is a conflict for what was expected`() throws {
    #expect(throws: JournalError.self) {
      try open().transaction(by: folder.invocation) { tx in
        try tx.setTag("c", to: "a", expecting: .absent)
        try folder.tag("c", to: "b")
      }
    }
    #expect(throws: JournalError.self) {
      try open().transaction(by: folder.invocation) { tx in
        try tx.editConfig(of: "a", as: "c", [.user("nobody")])
        try folder.tag("c", to: "a")
      }
    }
    #expect(try folder.digest("c") == folder.digest("a"))
    try expectSound()
  }

  @Test(arguments: [1, 511, 512, 1 << 20])
  func `a layer in pieces of any size is that of a file`(size: Int) throws {
    let path = folder.folder("layer.tar")
    try Files.write(Self.archive, to: path)
    var rest = Self.archive[...]
    try open().transaction(by: folder.invocation) { tx in
      let ofFile = try tx.addLayer(.file(path), to: "a", as: "file")
      let inPieces = try tx.addLayer(
        .reading {
          defer { rest = rest.dropFirst(size) }
          return rest.isEmpty ? nil : Array(rest.prefix(size))
        }, to: "a", as: "pieces")
      #expect(inPieces == ofFile)
    }
    try expectSound()
  }

  @Test func `pieces of a compressed layer are stored byte for byte`() throws {
    let path = folder.folder("layer.tar")
    try Files.write(Self.archive, to: path)
    #expect(try ExternalCommand.run(["zstd", "-q", path]).status == 0)
    let compressed = try Files.read(path + ".zst")
    try open().transaction(by: folder.invocation) { tx in
      let layer = try tx.addLayer(
        .pieces([compressed.prefix(3), [], compressed.dropFirst(3)]), to: "a", as: "c")
      #expect(layer?.digest == Digest.sha256(of: compressed))
    }
    try expectSound()
  }

  @Test func `pieces that are no layer are refused, and can be read once`() throws {
    #expect(throws: LayerImportError.self) {
      try open().transaction(by: folder.invocation) { tx in
        try tx.addLayer(.pieces([[1, 2, 3]]), to: "a", as: "c")
      }
    }
    #expect(throws: ChangedMyMind.self) {
      try open().transaction(by: folder.invocation) { tx in
        try tx.addLayer(.reading { throw ChangedMyMind() }, to: "a", as: "c")
      }
    }
    let bytes = LayerBytes.pieces([Self.archive], named: "hello")
    try open().transaction(by: folder.invocation) { tx in
      try tx.addLayer(bytes, to: "a", as: "c")
      #expect(throws: LayerImportError.readAlready(name: "hello")) {
        try tx.addLayer(bytes, to: "a", as: "d")
      }
    }
    #expect(try digests(["d"]) == [nil])
    try expectSound()
  }

  @Test func `undo and redo take a transaction back and bring it back`() throws {
    let layout = try open()
    try layout.transaction(by: folder.invocation) { tx in
      try tx.setTag("x", to: "a")
      try tx.setTag("y", to: "b")
    }
    let record = try #require(try layout.history?.newest()?.record)
    try layout.undo(by: folder.invocation)
    #expect(try digests(["x", "y"]) == [nil, nil])
    try layout.redo(by: folder.invocation)
    #expect(try digests(["x", "y"]) == digests(["a", "b"]))
    #expect(try layout.history?.newest()?.record.kind == .redo)
    try layout.undo(record, by: folder.invocation)
    #expect(try digests(["x", "y"]) == [nil, nil])
    #expect(throws: JournalError.self) { try layout.undo(record, by: folder.invocation) }
    try expectSound()
  }

  @Test func `a layout without a history has none, and nothing to undo`() throws {
    #expect(try open().history == nil)
    #expect(throws: JournalError.self) { try open().undo(by: folder.invocation) }
    #expect(try open().history == nil)
  }

  @Test func `a new layout has one operation`() throws {
    let path = folder.folder("parent/new")
    let layout = try ImageLayout.create(path, by: folder.invocation)
    #expect(try layout.history?.operations().map(\.record.kind) == [.initialize])
    #expect(throws: LayoutError.self) { try ImageLayout.create(path, by: folder.invocation) }
    #expect(try LayoutAudit.problems(of: path) == [])
  }

  /// Unpacking takes real layers.
  @Test func `what is unpacked and changed is repacked, with a tag beside`() throws {
    let path = folder.folder("new")
    let bundle = folder.folder("bundle")
    let file = folder.folder("motd")
    try Files.write("welcome", to: file)
    let layout = try ImageLayout.create(path, by: folder.invocation)
    try layout.transaction(by: folder.invocation) { tx in
      try tx.createImage("1.0")
      try tx.addLayer(.pieces([Self.archive]), to: "1.0", as: "1.0")
      try tx.insert(
        .files([.init(source: file, target: "/etc/motd")], isOpaque: false), into: "1.0", as: "1.0",
        mapping: Self.rootless)
    }
    let options = UnpackImage.Options(
      extraction: ExtractionOptions(mapping: Self.rootless), leasing: WritingOptions())
    let image = try layout.unpack("1.0", to: bundle, by: folder.invocation, options)
    #expect(image.manifest.layers.count == 2)
    #expect(try Files.read(bundle + "/rootfs/hello.txt") == Array("Hello, world\n".utf8))
    #expect(try layout.history?.leases().map(\.bundle) == [bundle])
    try Files.write("new", to: bundle + "/rootfs/new")
    var refreshing = RepackBundle.Options()
    refreshing.refreshesBundle = true
    #expect(throws: ChangedMyMind.self) {
      try layout.transaction(by: folder.invocation) { tx in
        try tx.repack(bundle, as: "2.0", options: refreshing)
        throw ChangedMyMind()
      }
    }
    #expect(try Files.names(in: bundle).filter { $0.hasPrefix(".") } == [])
    try layout.transaction(by: folder.invocation) { tx in
      #expect(try tx.repack(bundle, as: "2.0", options: refreshing) != nil)
      try tx.setTag("latest", to: "2.0")
    }
    try layout.transaction(by: folder.invocation) { tx in
      let layer = try tx.repack(bundle, as: "2.1")
      #expect(layer == nil)
    }
    let second = try layout.unpack(
      "latest", to: folder.folder("other"), by: folder.invocation, options)
    #expect(second.manifest.layers.count == 3)
    #expect(try LayoutAudit.problems(of: path) == [])
  }

  private static let rootless = OwnershipMapping.fromOptions(
    userMappings: [], groupMappings: [], isRootless: true, callerUserID: geteuid(),
    callerGroupID: getegid())
}
