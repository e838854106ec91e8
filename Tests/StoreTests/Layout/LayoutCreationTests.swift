import Glibc
import Store
import TestSupport
import Testing

@Suite struct LayoutCreationTests {
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
  }

  @discardableResult
  private func create(
    _ path: String, finish: (ImageLayout) throws -> Void = { _ in }
  ) throws -> ImageLayout {
    try LayoutCreation.create(
      at: path, durability: .relaxed, randomBytes: RandomBytes.make, finish: finish)
  }

  @Test func `a new layout is empty, whole and has no siblings`() throws {
    let layout = try create(folder("image"))
    #expect(try layout.readIndex().index.entries.isEmpty)
    let options = LayoutVerifier.Options(notesUnknownFiles: true)
    #expect(LayoutVerifier.verify(layout, options) == [])
    #expect(try OpenDirectory.open(folder.path).entryNames() == ["image"])
    let type = MediaType.imageIndex
    #expect(
      String(decoding: try Files.read(folder("image/index.json")), as: UTF8.self)
        == #"{"schemaVersion":2,"mediaType":"\#(type)","manifests":[]}"# + "\n")
    #expect(
      String(decoding: try Files.read(folder("image/oci-layout")), as: UTF8.self)
        == #"{"imageLayoutVersion":"1.0.0"}"# + "\n")
  }

  @Test func `missing parents are made, and trailing slashes do not matter`() throws {
    try create(folder("a/b/../c/image//"))
    #expect(LayoutVerifier.verify(at: folder("a/c/image")) == [])
  }

  @Test func `a path relative to the current folder is fine`() throws {
    let layout = folder("relative")
    let name = "umoci-tx-relative-\(getpid())"
    defer { try? Files.remove(name) }
    try create(name)
    #expect(LayoutVerifier.verify(at: name) == [])
    #expect(!Files.exists(layout))
  }

  @Test(arguments: ["file", "folder", "link", "dangling"])
  func `what is already there is left alone`(kind: String) throws {
    let path = folder("image")
    switch kind {
    case "file": try Files.write("mine", to: path)
    case "folder": try Files.makeDirectory(path)
    case "link": try Files.link(path, to: folder.path)
    default: try Files.link(path, to: "nowhere")
    }
    let before = try Files.listing(folder.path)
    let error = #expect(throws: LayoutError.self) { try create(path) }
    guard case .exists = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(try Files.listing(folder.path) == before)
  }

  @Test(arguments: ["", "/", ".", "..", "a/.."])
  func `a path without a name is refused and makes nothing`(path: String) throws {
    #expect(throws: LayoutError.self) { try create(path) }
  }

  @Test func `a failure of the caller leaves nothing behind, parents included`() throws {
    struct Refusal: Error {}
    #expect(throws: Refusal.self) {
      try create(folder("a/b/image")) { _ in throw Refusal() }
    }
    #expect(try OpenDirectory.open(folder.path).entryNames() == [])
  }

  @Test func `what the caller adds is there when the layout appears`() throws {
    let path = folder("image")
    try create(path) { staged in
      #expect(!Files.exists(path))
      try Files.write("stamp", to: staged.root.resolvedPath() + "/stamp")
    }
    #expect(try Files.read(path + "/stamp") == Array("stamp".utf8))
  }

  @Test func `somebody who takes the name meanwhile keeps it`() throws {
    let path = folder("image")
    let error = #expect(throws: LayoutError.self) {
      try create(path) { _ in try Files.write("mine", to: path) }
    }
    guard case .exists = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(try OpenDirectory.open(folder.path).entryNames() == ["image"])
    #expect(try Files.read(path) == Array("mine".utf8))
  }

  @Test func `leftovers of dead makers go, living stages and unknown files stay`() throws {
    let dead = ".image.umoci-tx-init-0123456789abcdef"
    let other = ".other.umoci-tx-init-0123456789abcdef"
    let odd = ".image.umoci-tx-init-not-ours"
    for name in [dead, other, odd] { try Files.makeDirectory(folder(name + "/blobs/sha256")) }
    try create(folder("image")) { _ in
      // While this one lives, another maker of the same name comes along, and is faster.
      try create(folder("image"))
    } onExists: {
    }
    let names = try OpenDirectory.open(folder.path).entryNames()
    #expect(names == [odd, other, "image"].sorted())
  }

  /// Creates a layout, taking it for no failure that another one was faster.
  private func create(
    _ path: String, finish: (ImageLayout) throws -> Void, onExists: () -> Void
  ) throws {
    do { try create(path, finish: finish) } catch LayoutError.exists { onExists() }
  }

  @Test func `a name of the greatest length is fine`() throws {
    let name = String(repeating: "n", count: 255)
    try create(folder(name))
    #expect(try OpenDirectory.open(folder.path).entryNames() == [name])
  }

  @Test func `a file among the parents is told as what it is`() throws {
    try Files.write("", to: folder("file"))
    let error = #expect(throws: LayoutError.self) { try create(folder("file/a/image")) }
    guard case .system(let cause) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(cause.isNotADirectory)
    #expect(try OpenDirectory.open(folder.path).entryNames() == ["file"])
  }

  @Test func `of many makers one succeeds and nothing of the others stays`() async throws {
    let path = folder("image")
    let successes = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { (try? self.create(path)) != nil } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(successes == 1)
    #expect(try OpenDirectory.open(folder.path).entryNames() == ["image"])
    #expect(LayoutVerifier.verify(at: path) == [])
  }

  @Test func `the umask and nothing else limits the modes`() throws {
    let mask = umask(0)
    umask(mask)
    try create(folder("image"))
    #expect(try Files.mode(of: folder("image")) & 0o7777 == 0o755 & ~UInt32(mask))
    #expect(try Files.mode(of: folder("image/blobs/sha256")) & 0o7777 == 0o755 & ~UInt32(mask))
    #expect(try Files.mode(of: folder("image/index.json")) & 0o7777 == 0o644 & ~UInt32(mask))
  }
}
