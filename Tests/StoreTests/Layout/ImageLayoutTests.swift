import Glibc
import Store
import TestSupport
import Testing

@Suite struct ImageLayoutTests {
  private let folder: TemporaryDirectory
  private let builder: LayoutBuilder

  init() throws {
    folder = try TemporaryDirectory()
    builder = try LayoutBuilder(at: folder("layout"))
    try builder.finish()
  }

  private var index: String { builder.path + "/index.json" }

  private func replace(_ name: String, by kind: String) throws {
    let path = builder.path + "/" + name
    try Files.remove(path)
    switch kind {
    case "fifo": #expect(mkfifo(path, 0o644) == 0)
    case "folder": try Files.makeDirectory(path)
    case "link": try Files.link(path, to: "/dev/zero")
    case "dangling": try Files.link(path, to: "nowhere")
    default: break
    }
  }

  // MARK: - Opening

  @Test(
    arguments: ["oci-layout", "index.json", "blobs"],
    ["missing", "fifo", "folder", "link", "dangling"])
  func `a part of another kind is refused at once`(name: String, kind: String) throws {
    if name == "blobs", kind == "folder" { return }
    try replace(name, by: kind)
    let error = #expect(throws: LayoutError.self) { try ImageLayout.open(builder.path) }
    #expect(error?.category == .invalidContent)
  }

  @Test func `a path with nothing is told from one with something else`() throws {
    let missing = #expect(throws: LayoutError.self) { try ImageLayout.open(folder("none")) }
    #expect(missing?.category == .notFound)
    try Files.write("", to: folder("file"))
    let file = #expect(throws: LayoutError.self) { try ImageLayout.open(folder("file")) }
    #expect(file?.category == .invalidContent)
    let plain = #expect(throws: LayoutError.self) { try ImageLayout.open(folder.path) }
    #expect(plain?.category == .invalidContent)
  }

  @Test(arguments: [
    #"{"imageLayoutVersion":"2.0.0"}"#, #"{"imageLayoutVersion":1}"#, "{}", "[]", "",
    #"{"imageLayoutVersion":"1.0."#,
  ])
  func `a marker of another version is refused`(text: String) throws {
    try Files.write(text, to: builder.path + "/oci-layout")
    let error = #expect(throws: LayoutError.self) { try ImageLayout.open(builder.path) }
    #expect(error?.category == .invalidContent)
  }

  @Test func `a symbolic link to a layout is as good as the layout`() throws {
    try Files.link(folder("link"), to: builder.path)
    let layout = try ImageLayout.open(folder("link"))
    #expect(try layout.readIndex().index.entries.isEmpty)
    #expect(try layout.root.resolvedPath() == builder.path)
  }

  @Test func `opening and reading changes nothing`() throws {
    builder.tag("image", try builder.addImage())
    try builder.finish()
    let before = try Files.listing(builder.path)
    let layout = try ImageLayout.open(builder.path)
    _ = try layout.readIndex()
    _ = LayoutVerifier.verify(layout)
    #expect(try Files.listing(builder.path) == before)
  }

  // MARK: - A torn index

  @Test func `an index that somebody is just writing is waited for`() throws {
    let whole = try Files.read(index)
    let layout = try ImageLayout.open(builder.path)
    try Files.write(Array(whole.prefix(20)), to: index)
    let writer = Worker { [index, whole] in
      // Long enough for the reader to have met the torn one, in any order of the two.
      usleep(100_000)
      try? Files.write(whole, to: index)
    }
    defer { writer.join() }
    #expect(try layout.readIndex().bytes == whole)
  }

  @Test func `an index that stays torn is reported after a while`() throws {
    try Files.write(#"{"schemaVersion":2,"#, to: index)
    let layout = try ImageLayout.open(builder.path)
    let error = #expect(throws: LayoutError.self) { try layout.readIndex() }
    guard case .tornFile = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(error?.remedy?.steps == [.recover(layout: builder.path)])
  }

  @Test(arguments: ["fifo", "folder", "link", "dangling", "missing"])
  func `an index that becomes something else is refused without hanging`(kind: String) throws {
    let layout = try ImageLayout.open(builder.path)
    try replace("index.json", by: kind)
    #expect(throws: LayoutError.self) { try layout.readIndex() }
  }

  // MARK: - Hostile documents

  private func expectInvalid(_ mention: String? = nil) throws {
    let layout = try ImageLayout.open(builder.path)
    let error = #expect(throws: LayoutError.self) { try layout.readIndex() }
    #expect(error?.category == .invalidContent)
    if let mention, let error { #expect(error.inFull.contains(mention), "\(error.inFull)") }
  }

  @Test func `an index of two hundred megabytes is refused without being read`() throws {
    #expect(truncate(index, 200 << 20) == 0)
    try expectInvalid("larger than 64 MiB")
  }

  @Test func `an index nested ten thousand deep is refused`() throws {
    let deep = String(repeating: "[", count: 10_000)
    try Files.write(#"{"schemaVersion":2,"manifests":"# + deep, to: index)
    try expectInvalid("deep")
  }

  private func write(descriptor members: String) throws {
    try Files.write(
      #"{"schemaVersion":2,"manifests":[{"mediaType":"x/y",\#(members)}]}"#, to: index)
  }

  @Test(arguments: [
    "sha256:../../../../etc/passwd", "../x:abc", "sha256:", ":", "", "sha256:ABC", "a/b:c",
    "sha256:.",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
  ])
  func `a digest that is no digest is refused`(digest: String) throws {
    try write(descriptor: #""digest":"\#(digest)","size":1"#)
    try expectInvalid("manifests[0].digest")
  }

  @Test(arguments: [
    "-1", "9223372036854775808", "1e400", "1.5", "\"1\"", "null",
    "99999999999999999999999999999999999999",
  ])
  func `a size that is no size is refused`(size: String) throws {
    let digest = Digest.sha256(of: [])
    try write(descriptor: #""digest":"\#(digest)","size":\#(size)"#)
    try expectInvalid("manifests[0].size")
  }

  @Test func `the greatest size is no reason to allocate it`() throws {
    let blob = try builder.addBlob("{}", mediaType: .imageIndex)
    try write(descriptor: #""digest":"\#(blob.digest)","size":9223372036854775807"#)
    let layout = try ImageLayout.open(builder.path)
    let entry = try #require(try layout.readIndex().index.entries.first)
    #expect(throws: BlobError.self) { try layout.blobs.readDocument(entry.descriptor) }
    #expect(LayoutVerifier.verify(layout).map(\.code) == [.blobSize])
  }

  @Test func `text that is not UTF-8 is refused`() throws {
    let bytes = Array(#"{"schemaVersion":2,"manifests":[],"annotations":{"a":""#.utf8)
    try Files.write(bytes + [0xff, 0xfe] + Array(#""}}"#.utf8), to: index)
    try expectInvalid("UTF-8")
  }

  @Test func `a thousand entries of one name are read, and the name is ambiguous`() throws {
    for number in 0..<1000 {
      builder.tag(
        "same",
        Descriptor(
          mediaType: .imageManifest, digest: .sha256(of: Array("\(number)".utf8)), size: 1))
    }
    let layout = try builder.finish()
    let index = try layout.readIndex().index
    #expect(index.entries(named: "same").count == 1000)
    let error = #expect(throws: ReferenceError.self) {
      try References.resolveOne("same", in: index, read: { try layout.blobs.readDocument($0) })
    }
    guard case .ambiguous(_, _, 1000, _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
  }

  @Test func `a thousand members of one name are read`() throws {
    let members = String(repeating: #""manifests":[],"#, count: 1000)
    try Files.write("{\(members)\"schemaVersion\":2}", to: index)
    #expect(try ImageLayout.open(builder.path).readIndex().index.entries.isEmpty)
  }
}

extension DiagnosableError {
  /// The failure with its causes.
  fileprivate var inFull: String { ([description] + causes).joined(separator: "\n") }
}
