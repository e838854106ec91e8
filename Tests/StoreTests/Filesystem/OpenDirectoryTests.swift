import Glibc
import Store
import TestSupport
import Testing

@Suite struct OpenDirectoryTests {
  private let folder: TemporaryDirectory
  private let directory: OpenDirectory
  private let policy = CreationPolicy()

  init() throws {
    folder = try TemporaryDirectory()
    directory = try OpenDirectory.open(folder.path)
  }

  private func code(_ body: () throws -> Void) -> Int32? {
    (#expect(throws: SyscallError.self) { try body() })?.code
  }

  // MARK: - Creating

  @Test func `a new file must be new`() throws {
    _ = try directory.createFile("a", policy: policy, "test.create")
    #expect(code { _ = try directory.createFile("a", policy: policy, "test.create") } == EEXIST)
    try Files.link(folder("dangling"), to: "outside")
    #expect(
      code { _ = try directory.createFile("dangling", policy: policy, "test.create") } == EEXIST)
    #expect(!Files.exists(folder("outside")))
  }

  @Test func `a file is opened when it is there and made when it is not`() throws {
    for text in ["one", "two"] {
      let file = try directory.openOrCreateFile("a", policy: policy, "test.create")
      try file.write(Array(text.utf8), "test.write")
    }
    #expect(try Files.read(folder("a")) == Array("two".utf8))
    try Files.link(folder("link"), to: folder("a"))
    #expect(
      code { _ = try directory.openOrCreateFile("link", policy: policy, "test.create") } == ELOOP)
  }

  @Test func `a folder is made once`() throws {
    #expect(try directory.createDirectory("d", policy: policy, "test.mkdir"))
    #expect(try !directory.createDirectory("d", policy: policy, "test.mkdir"))
    _ = try directory.openOrCreateDirectory("d", policy: policy, "test.mkdir")
    _ = try directory.openOrCreateDirectory("e", policy: policy, "test.mkdir")
    try Files.link(folder("link"), to: folder.path)
    #expect(throws: SyscallError.self) {
      try directory.openOrCreateDirectory("link", policy: policy, "test.mkdir")
    }
  }

  // MARK: - Renaming and linking

  @Test func `renaming replaces, unless it must not`() throws {
    try Files.write("a", to: folder("a"))
    try Files.write("b", to: folder("b"))
    #expect(
      code {
        try directory.renameWithoutReplacing("a", to: directory, as: "b", "test.rename")
      } == EEXIST)
    try directory.rename("a", to: directory, as: "b", "test.rename")
    #expect(try directory.entryNames() == ["b"])
    #expect(try Files.read(folder("b")) == Array("a".utf8))
  }

  @Test func `an exchange swaps two names, also across folders`() throws {
    try Files.makeDirectory(folder("d"))
    try Files.write("a", to: folder("a"))
    try Files.write("b", to: folder("d/b"))
    try directory.exchange("a", with: directory.openDirectory("d"), "b", "test.exchange")
    #expect(try Files.read(folder("a")) == Array("b".utf8))
    #expect(try Files.read(folder("d/b")) == Array("a".utf8))
    #expect(
      code { try directory.exchange("a", with: directory, "none", "test.exchange") } == ENOENT)
  }

  @Test func `a link to a symbolic link is one to the link itself`() throws {
    try Files.write("a", to: folder("a"))
    try Files.link(folder("s"), to: "a")
    try directory.link("s", to: directory, as: "t", "test.link")
    #expect(try directory.status(of: "t")?.kind == .symbolicLink)
    #expect(code { try directory.link("a", to: directory, as: "s", "test.link") } == EEXIST)
  }

  // MARK: - Removing

  @Test func `what is not there is removed without complaint`() throws {
    #expect(try !directory.remove("none", "test.remove"))
    #expect(try !directory.removeEmptyDirectory("none", "test.remove"))
  }

  // MARK: - Looking

  @Test func `names are sorted by their bytes`() throws {
    for name in ["b", "a", "Z", "é", "10", "9", ".hidden"] { try Files.write("", to: folder(name)) }
    #expect(try directory.entryNames() == [".hidden", "10", "9", "Z", "a", "b", "é"])
    #expect(try directory.entryNames().count == 7)
  }

  @Test func `only a regular file is read`() throws {
    try Files.write("12345", to: folder("file"))
    try Files.link(folder("link"), to: "file")
    try Files.makeDirectory(folder("sub"))
    #expect(mkfifo(folder("fifo"), 0o600) == 0)
    #expect(try directory.readRegularFile("file", limit: 5) == Array("12345".utf8))
    #expect(try directory.readRegularFile("file", limit: 4) == nil)
    for name in ["link", "sub", "fifo"] {
      #expect(try directory.readRegularFile(name, limit: 5) == nil)
    }
    #expect(code { _ = try directory.readRegularFile("none", limit: 5) } == ENOENT)
  }

  @Test func `a status tells the kind and never follows a link`() throws {
    try Files.write("12345", to: folder("file"))
    try Files.link(folder("link"), to: "file")
    #expect(try directory.status(of: "file")?.kind == .regular)
    #expect(try directory.status(of: "file")?.size == 5)
    #expect(try directory.status(of: "link")?.kind == .symbolicLink)
    #expect(try directory.status(of: "none") == nil)
    #expect(try directory.status(of: "file/below") == nil)
    #expect(try directory.status().kind == .directory)
  }

  @Test func `a file that changed is not the same version`() throws {
    try Files.write("12345", to: folder("file"))
    let before = try #require(try directory.status(of: "file"))
    #expect(before.isSameVersion(as: try #require(try directory.status(of: "file"))))
    try Files.write("123456", to: folder("file"))
    #expect(!before.isSameVersion(as: try #require(try directory.status(of: "file"))))
  }

  @Test func `a file is read up to its limit and refused above it`() throws {
    let bytes = RandomBytes.make(200_000)
    try Files.write(bytes, to: folder("file"))
    #expect(try directory.openFile("file").readToEnd(limit: 200_000) == bytes)
    #expect(try directory.openFile("file").readToEnd(limit: 199_999) == nil)
    #expect(try directory.openFile("file").readToEnd(limit: .max) == bytes)
    // proc(5) says 0 for the size of files that have content.
    #expect(try OpenDirectory.open("/proc/self").openFile("status").readToEnd(limit: 1 << 20) != [])
  }
}
