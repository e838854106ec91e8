import CLinux
import Glibc
import Store
import TestSupport
import Testing

@testable import Layers

/// Entries that are not read from disk, and content that is unusual.
struct LayerContentTests {
  let rig = GenerationRig()

  @Test func `whiteouts and opaque markers are files without any property`() throws {
    let blob = try rig.generate { generator in
      try generator.addWhiteout(of: Array("/a/b/".utf8))
      try generator.addWhiteout(of: Array("top".utf8))
      try generator.addOpaqueMarker(in: Array("/c/./d".utf8))
      try generator.addOpaqueMarker(in: Array("/".utf8))
    }.blob
    var names: [String] = []
    try TarReaderTests.forEach(blob) { reader in
      let entry = reader.entry
      names.append(String(decoding: entry.path, as: UTF8.self))
      #expect(entry.kind == .regular && entry.size == 0 && entry.permissions == 0)
      #expect(entry.userID == 0 && entry.groupID == 0 && entry.attributes.isEmpty)
      #expect(entry.modificationTime == FileTime(seconds: 0, nanoseconds: 0))
    }
    #expect(names == ["a/.wh.b", ".wh.top", "c/d/.wh..wh..opq", ".wh..wh..opq"])
  }

  @Test(arguments: [
    ("/a//b/./c/", "a/b/c"), ("a/../b", "b"), ("/../x", "x"), ("/", "."), (".", "."), ("", "."),
    ("a/..", "."),
  ])
  func `a place in the image is cleaned lexically`(_ path: String, _ expected: String) throws {
    #expect(try LayerPath.clean(Array(path.utf8)) == Array(expected.utf8))
  }

  @Test(arguments: [
    ("../x", LayerPathError.outsideRoot(Array("../x".utf8))),
    ("a/../../x", .outsideRoot(Array("a/../../x".utf8))),
    ("/a/.wh.b", .whiteoutName(Array("/a/.wh.b".utf8))),
    ("/.wh.a/b", .whiteoutName(Array("/.wh.a/b".utf8))),
    ("a\u{0}b", .unusableName(Array("a\u{0}b".utf8))),
  ])
  func `a place that no layer can have is refused`(
    _ path: String, _ error: LayerPathError
  ) {
    #expect(throws: error) { try LayerPath.clean(Array(path.utf8)) }
  }

  @Test func `the usual level of gzip suits what is in each chunk, in whatever thread`() throws {
    var random = SplitMix(announcing: TestEffort.seed)
    let words = ["int main", "return", "überall", "    ", "\n", "a1", "{ x = y; }"]
    var text: [UInt8] = []
    while text.count < 3 << 20 { text += Array((words.randomElement(using: &random) ?? "").utf8) }
    // Zeros between, as in an archive of small files.
    let padded = text.enumerated().map { $0.offset / 400 % 2 == 0 ? $0.element : 0 }
    let code = (0..<3 << 20).map { _ -> UInt8 in
      [0, 1, 2, 4, 0x48, 0x8b, 0xe8, UInt8.random(in: 0...255, using: &random)]
        .randomElement(using: &random) ?? 0
    }
    func blob(_ bytes: [UInt8], _ compression: LayerCompression) throws -> [UInt8] {
      let sink = MemorySink()
      let stream = try LayerStream(sink, compression)
      try bytes.withUnsafeBytes { try stream.write($0) }
      _ = try stream.finish()
      return sink.bytes
    }
    for (bytes, level) in [(text, 3), (padded, 3), (code, 2)] {
      let usual = try blob(bytes, LayerCompression(.gzip))
      #expect(
        try usual == blob(bytes, LayerCompression(.gzip, level: level)), "\("seed \(random.seed)")")
      #expect(try usual != blob(bytes, LayerCompression(.gzip, level: 5 - level)))
    }
    let mixed = try blob(code + text, LayerCompression(.gzip, workers: 1))
    #expect(try mixed == blob(code + text, LayerCompression(.gzip, workers: 5)))
    #expect(try mixed.starts(with: blob(code, LayerCompression(.gzip, level: 2))))
  }

  @Test func `large numbers and long names get through`() throws {
    let long = Array(String(repeating: "directory/", count: 40).utf8) + Array("ü\u{1}".utf8)
    let entry = LayerEntry(
      path: long, kind: .symbolicLink(target: long + long), permissions: 0o7777,
      userID: .max - 1, groupID: .max - 1,
      modificationTime: FileTime(seconds: 1 << 40, nanoseconds: 0))
    let device = LayerEntry(
      path: Array("device".utf8), kind: .blockDevice(major: 4095, minor: 1_048_575))
    let blob = try rig.generate {
      try $0.add(entry)
      try $0.add(device)
    }.blob
    var count = 0
    try TarReaderTests.forEach(blob) { reader in
      count += 1
      guard count == 1 else {
        #expect(reader.entry.deviceMajor == 4095 && reader.entry.deviceMinor == 1_048_575)
        return
      }
      #expect(reader.entry.path == long && reader.entry.linkTarget == long + long)
      #expect(reader.entry.userID == .max - 1 && reader.entry.groupID == .max - 1)
      #expect(reader.entry.permissions == 0o7777)
      #expect(reader.entry.modificationTime == entry.modificationTime)
    }
    #expect(count == 2)
  }

  /// A file with data only at some places.
  private func sparse(_ name: String, size: Int, data: [Int]) throws -> Int64 {
    let file = clinux_open(rig(name), O_RDWR | O_CREAT | O_TRUNC, 0o644)
    defer { close(file) }
    ftruncate(file, size)
    for offset in data { pwrite(file, "data", 4, offset) }
    return try OpenFile(descriptor: dup(file), path: name).status().blocks * 512
  }

  @Test(arguments: [
    [], [0], [30_000_000], [0, 10_000_000, 29_999_996], [65_536], [29_000_000],
  ])
  func `holes take no room in a layer and none on disk after it`(_ data: [Int]) throws {
    let size = 30_000_000
    try #require(try sparse("file", size: size, data: data) < 1_000_000)
    let result = try rig.generate()
    #expect(result.layer.uncompressedSize < 300_000)
    let place = try rig.extract(result)
    #expect(Files.read(place("file")) == Files.read(rig("file")))
    let status = try #require(Files.status(place("file")))
    #expect(status.blocks * 512 < 1_000_000)
  }

  @Test func `a file of very many holes has a coarser map`() throws {
    _ = try sparse("file", size: 3000 * 200_000, data: (0..<3000).map { $0 * 200_000 })
    let file = OpenFile(descriptor: clinux_open(rig("file"), O_RDONLY, 0), path: "file")
    let ranges = try #require(try SparseMap.data(of: file, size: 3000 * 200_000))
    #expect(ranges.count <= SparseMap.maximumRanges)
    #expect(
      (0..<3000).allSatisfy { number in
        ranges.contains { $0.contains(Int64(number) * 200_000) }
      })
  }

  @Test func `a file of exabytes that is one hole does not take forever`() throws {
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ""
    guard !folder.isEmpty else { return }
    let path = "\(folder)/umoci-tx-test-hole-\(getpid())"
    Files.write([], to: path)
    defer { unlink(path) }
    guard truncate(path, 1 << 50) == 0 else { return }
    let result = try rig.generate {
      try $0.addTree(from: SourcePlace(path), at: Array("hole".utf8), isRootless: false)
    }
    #expect(result.layer.uncompressedSize < 10_000)
  }

  @Test func `paths that come in any order are opened without following a link`() throws {
    for name in ["a", "a/b", "a/b/c", "d"] { mkdir(rig(name), 0o755) }
    for name in ["a/b/c/file", "d/file"] { Files.write(Array(name.utf8), to: rig(name)) }
    symlink("a", rig("link"))
    let folders = try SourceFolders(root: rig.tree, isRootless: false)
    let paths = ["a/b/c/file", "a", "d/file", ".", "a/b", "link"]
    let blob = try rig.generate { generator in
      for path in paths {
        switch try folders.item(at: Array(path.utf8)) {
        case .folder(let folder): try generator.add(folder, at: Array(path.utf8))
        case .file(let file, let folder):
          try generator.add(file, in: folder, at: Array(path.utf8))
        }
      }
    }.blob
    let entries = try TarReaderTests.read(blob)
    #expect(entries.map(\.path) == ["a/b/c/file", "a/", "d/file", "./", "a/b/", "link"])
    #expect(entries[0].content == Array("a/b/c/file".utf8))
    for path in ["link/b", "nothing", "d/file/x", "a/b/nothing"] {
      #expect(throws: (any Error).self) { try folders.item(at: Array(path.utf8)) }
    }
  }

  @Test func `a deep tree needs few descriptors`() throws {
    var path = ""
    for _ in 0..<300 {
      path += path.isEmpty ? "d" : "/d"
      mkdir(rig(path), 0o755)
    }
    let open = Files.names("/proc/self/fd").count
    let folders = try SourceFolders(root: rig.tree, isRootless: false)
    for _ in 0..<2 {
      guard case .folder(let folder) = try folders.item(at: Array(path.utf8)) else {
        Issue.record("no folder")
        return
      }
      #expect(folder.status.inode == Files.status(rig(path))?.inode)
      _ = try folders.item(at: Array("d/d".utf8))
      _ = try folders.item(at: Array(path.utf8))
    }
    #expect(Files.names("/proc/self/fd").count < open + 100)
  }
}
