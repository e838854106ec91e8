import Glibc
import Store
import TestSupport
import Testing

@testable import Layers

/// The tree that mirrors an extraction: what it finds, and what it costs.
struct ExtractedTreeTests {
  @Test func `names are found as in a dictionary, whatever their hashes`() {
    let index = NameIndex()
    var generator = SplitMix(announcing: TestEffort.seed)
    var hashes: [UInt32: UInt32] = [:]
    var present: [UInt32] = []
    for name in 1...UInt32(4000) {
      // Few hashes, and some at the end of the table, from where places go on at its start.
      let hash = UInt32.random(in: 0..<900, using: &generator) &- 300
      hashes[name] = hash
      index.insert(name, hash)
      present.append(name)
      guard name % 3 == 0 else { continue }
      present.swapAt(Int.random(in: present.indices, using: &generator), present.count - 1)
      let gone = present.removeLast()
      if let hash = hashes.removeValue(forKey: gone) { index.remove(gone, hash) }
    }
    for name in 1...UInt32(4000) {
      let hash = hashes[name]
      #expect(
        index.find(hash ?? 0) { $0 == name } == (hash == nil ? nil : name), "seed \(generator.seed)"
      )
    }
  }

  /// A tree of so many files in folders of 1000, each with a name of 8 bytes.
  private func tree(of count: Int, in folder: String) throws -> ExtractedTree {
    let tree = try ExtractedTree(memoryLimit: 1 << 20, spoolDirectory: folder)
    var parent = ExtractedTree.Node.root
    for number in 0..<count {
      if number % 1000 == 0 {
        parent = try insert("d\(number / 1000)", .directory, .root, tree)
      }
      let node = try insert("f\(1_000_000 + number)", .regular, parent, tree)
      tree.touch(node)
    }
    return tree
  }

  private func insert(
    _ name: String, _ kind: FileStatus.Kind, _ parent: ExtractedTree.Node, _ tree: ExtractedTree
  ) throws -> ExtractedTree.Node {
    try Array(name.utf8).bytes {
      try tree.insert($0, in: parent, FileRecord(kind: kind, permissions: 0o644))
    }
  }

  /// How much of the temporary file in a folder is this process's, in bytes.
  private func residentBytes(of folder: String) throws -> Int {
    let text = try #require(
      try OpenDirectory.open("/proc/self").openFile("smaps").readToEnd(limit: 1 << 28))
    var total = 0
    var isMeant = false
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      // Each mapping begins with its addresses; what is said of it has words with a colon.
      if !line.prefix(while: { $0 != " " }).hasSuffix(":") {
        isMeant = line.contains(folder)
      } else if isMeant, line.hasPrefix("Rss:") {
        total += (Int(line.filter(\.isNumber)) ?? 0) << 10
      }
    }
    return total
  }

  @Test func `a large tree takes little room, and little of that is memory`() throws {
    let folder = try TemporaryFolder()
    let count = 200_000
    let tree = try tree(of: count, in: folder.path)
    #expect(tree.count == count + count / 1000 + 1)
    #expect(tree.byteCount < count * 140 + 4 << 20)
    #expect(tree.byteCount > 24 << 20)
    #expect(try residentBytes(of: folder.path) < 4 << 20)
    var walk = TreeWalk(tree)
    var visited = 0
    while let step = walk.next() {
      if case .item(let node) = step { visited += tree[node].permissions == 0o644 ? 1 : 0 }
      // What the root's step touches lies all over the tree.
      guard visited % 50_000 == 0, case .enter = step else { continue }
      #expect(try residentBytes(of: folder.path) < 12 << 20)
    }
    #expect(visited == count)
  }

  @Test func `a tree is walked in the order of the bytes of its names`() throws {
    let tree = try ExtractedTree(spoolDirectory: "/tmp")
    var generator = SplitMix(announcing: TestEffort.seed)
    var names: Set<[UInt8]> = [[1], [1, 1], [1, 2], [255], Array("12345678".utf8)]
    for _ in 0..<300 {
      let start = [UInt8](repeating: 7, count: Int.random(in: 0..<12, using: &generator))
      names.insert(start + [1] + generator.bytes(upTo: 4).map { $0 & 3 | 1 })
    }
    for name in names.shuffled(using: &generator) {
      _ = try name.bytes {
        try tree.insert($0, in: .root, FileRecord(kind: .regular, permissions: 0o644))
      }
    }
    var walked: [[UInt8]] = []
    tree.walk { if case .item(let entry) = $0 { walked.append(entry.name) } }
    #expect(walked == names.sorted { $0.lexicographicallyPrecedes($1) }, "seed \(generator.seed)")
  }
}
