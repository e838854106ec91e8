/// The description of a directory tree that an mtree file holds: for each path, what is known of
/// the file there (umoci-behaviour §2.4).
///
/// Kept as one tree of names and the text of the values, so that its memory is a small multiple of
/// the file it was read from, whatever the file says.
public struct MtreeFile: Sendable {
  /// The place of a path in the mtree file: a number that only this mtree file understands.
  package struct Node: Hashable, Sendable {
    package let index: Int32

    /// The root of the tree, written `.`.
    package static let root = Node(index: 0)
  }

  /// A range of bytes in `text`.
  struct Span: Sendable {
    var start: Int
    var count: Int32

    static let empty = Span(start: 0, count: 0)
  }

  struct Record: Sendable {
    let parent: Int32
    let name: Span
    var values = Span.empty
    var set: Int32 = -1
    var isListed = false
    var pathLength: Int32 = 0
  }

  /// The most paths that an mtree file can hold.
  static let maximumEntries = 1 << 24

  /// Names and values, one after the other.
  private(set) var text: [UInt8] = []
  private(set) var records = [Record(parent: 0, name: .empty)]
  private(set) var sets: [Span] = []
  /// An open-addressing table of the records but for the root, by parent and name.
  private var table = [Int32](repeating: 0, count: 64)

  /// Every keyword that an entry or a `/set` line uses, in the order of first use; of names such
  /// as `xattr.user.foo` the part before the first dot.
  public internal(set) var usedKeywords: [String] = []

  /// The number of paths that have an entry.
  public private(set) var entryCount = 0

  /// Makes an mtree file that knows of no file.
  public init() {}
}

// MARK: - Reading

extension MtreeFile {
  /// Every place in the mtree file, parents before their children.
  package var nodes: some Sequence<Node> {
    (0..<Int32(records.count)).lazy.map { Node(index: $0) }
  }

  /// The place of a name below another; nil when no entry mentions it.
  package func node(named name: some Collection<UInt8>, in parent: Node) -> Node? {
    let index = table[slot(of: name, in: parent)]
    return index == 0 ? nil : Node(index: index)
  }

  /// Whether the path has an entry, rather than being only a folder in another entry's path.
  package func isListed(_ node: Node) -> Bool { records[Int(node.index)].isListed }

  /// The place above; the root is above itself.
  package func parent(of node: Node) -> Node { Node(index: records[Int(node.index)].parent) }

  /// The decoded name of a place; empty for the root.
  package func name(of node: Node) -> ArraySlice<UInt8> { slice(records[Int(node.index)].name) }

  /// The path of a place, relative to the root, which is `.`.
  package func path(of node: Node) -> [UInt8] {
    guard node != .root else { return [UInt8(ascii: ".")] }
    var names: [ArraySlice<UInt8>] = []
    var place = node
    while place != .root {
      names.append(name(of: place))
      place = parent(of: place)
    }
    return Array(names.reversed().joined(separator: [UInt8(ascii: "/")]))
  }

  /// How long ``path(of:)`` is at least, in bytes.
  package func pathLength(of node: Node) -> Int { Int(records[Int(node.index)].pathLength) }

  /// The text of the values that the entry itself has, parted by blanks.
  package func ownValues(of node: Node) -> ArraySlice<UInt8> {
    slice(records[Int(node.index)].values)
  }

  /// The number of the `/set` line in force at the entry; nil when there is none.
  package func setNumber(of node: Node) -> Int? {
    let set = records[Int(node.index)].set
    return set < 0 ? nil : Int(set)
  }

  /// The text of the values of a `/set` line, parted by blanks.
  package func setValues(_ number: Int) -> ArraySlice<UInt8> { slice(sets[number]) }

  private func slice(_ span: Span) -> ArraySlice<UInt8> {
    text[span.start..<span.start + Int(span.count)]
  }
}

// MARK: - Building

extension MtreeFile {
  /// The place of a name below another, made when there is none.
  ///
  /// - Returns: Nil when the mtree file can hold no more.
  mutating func makeNode(named name: ArraySlice<UInt8>, in parent: Node) -> Node? {
    let slot = slot(of: name, in: parent)
    guard table[slot] == 0 else { return Node(index: table[slot]) }
    guard records.count <= Self.maximumEntries, let span = store(name) else { return nil }
    let index = Int32(records.count)
    let length = pathLength(of: parent) + 1 + name.count
    records.append(
      Record(
        parent: parent.index, name: span, pathLength: Int32(clamping: length)))
    table[slot] = index
    if records.count * 2 > table.count { grow() }
    return Node(index: index)
  }

  /// Gives a place its entry, instead of the one it may have had.
  ///
  /// - Returns: False when the mtree file can hold no more.
  mutating func list(_ node: Node, values: ArraySlice<UInt8>, set: Int?) -> Bool {
    guard let span = store(values) else { return false }
    let index = Int(node.index)
    if !records[index].isListed { entryCount += 1 }
    records[index].values = span
    records[index].set = set.flatMap(Int32.init(exactly:)) ?? -1
    records[index].isListed = true
    return true
  }

  /// Remembers the values of a `/set` line.
  ///
  /// - Returns: Its number; nil when the mtree file can hold no more.
  mutating func addSet(values: ArraySlice<UInt8>) -> Int? {
    guard Int32(exactly: sets.count) != nil, let span = store(values) else { return nil }
    sets.append(span)
    return sets.count - 1
  }

  private mutating func store(_ bytes: ArraySlice<UInt8>) -> Span? {
    guard let count = Int32(exactly: bytes.count) else { return nil }
    defer { text.append(contentsOf: bytes) }
    return Span(start: text.count, count: count)
  }

  private mutating func grow() {
    table = [Int32](repeating: 0, count: table.count * 2)
    for index in 1..<Int32(records.count) {
      let node = Node(index: index)
      table[slot(of: name(of: node), in: parent(of: node))] = index
    }
  }

  /// Where the name is in the table, or where it would go.
  private func slot(of name: some Collection<UInt8>, in parent: Node) -> Int {
    var hasher = Hasher()
    hasher.combine(parent)
    // Hasher's seed is new in every process: no file can be made to collide on purpose.
    if name.withContiguousStorageIfAvailable({ hasher.combine(bytes: .init($0)) }) == nil {
      for byte in name { hasher.combine(byte) }
    }
    var slot = hasher.finalize() & (table.count - 1)
    while table[slot] != 0 {
      let record = records[Int(table[slot])]
      if record.parent == parent.index, slice(record.name).elementsEqual(name) { break }
      slot = (slot + 1) & (table.count - 1)
    }
    return slot
  }
}
