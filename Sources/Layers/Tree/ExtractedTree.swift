package import Store

/// The names and files of a root file system while layers are extracted into it, and afterwards.
///
/// It mirrors what is on disk, one node for each name and one file record for each inode, so that
/// symbolic links on the way to an entry, whiteouts and replacements are decided without asking
/// the kernel, and so that an mtree can be written without walking or hashing the tree again.
/// About 130 bytes an entry; what exceeds the memory limit lies in a temporary file, but for the
/// index of names, which has 11 to 21 bytes for each.
///
/// Not safe for concurrent use: one thread writes, later one thread reads.
package final class ExtractedTree {
  /// A name in the tree; valid until it is removed.
  struct Node: BitwiseCopyable, Hashable {
    let index: UInt32

    static var root: Node { Node(index: 0) }
    static var none: Node { Node(index: .max) }
  }

  private struct NameRecord: BitwiseCopyable {
    var name: SpooledBytes.Reference
    var hash: UInt32
    var parent: UInt32
    var firstChild: UInt32 = .max
    var nextSibling: UInt32 = .max
    var previousSibling: UInt32 = .max
    var file: UInt32
    var layer: UInt32 = 0
    var firstLayer: UInt32
    var cacheSlot: UInt32 = .max
  }

  /// The layer that is being put on top, from 1; 0 for what was there before the first.
  private(set) var layer: UInt32 = 0
  var whiteouts: PendingWhiteouts
  private var names: SpooledTable<NameRecord>
  private var files: SpooledTable<FileRecord>
  private var text: SpooledBytes
  private let index = NameIndex()
  private let space: SpoolSpace
  private var freeNames: [UInt32] = []
  private var freeFiles: [UInt32] = []

  /// Makes a tree that holds nothing but its root.
  ///
  /// - Parameters:
  ///   - memoryLimit: Bytes of entries that stay in memory.
  ///   - spoolDirectory: The folder for a temporary file when there are more.
  /// - Throws: ``SyscallError`` when there is no memory.
  package init(
    memoryLimit: Int = 12 << 20, spoolDirectory: String = "/tmp"
  ) throws(SyscallError) {
    space = SpoolSpace(memoryLimit: memoryLimit, directory: spoolDirectory)
    names = SpooledTable(in: space)
    files = SpooledTable(in: space)
    text = SpooledBytes(in: space)
    whiteouts = PendingWhiteouts(in: space)
    let name = try ".".utf8Bytes { bytes throws(SyscallError) in try text.append(bytes) }
    let file = try files.append(FileRecord(kind: .directory, permissions: 0o755))
    _ = try names.append(NameRecord(name: name, hash: 0, parent: .max, file: file, firstLayer: 0))
  }

  /// Begins the next layer: nothing is touched by it yet.
  func beginLayer() { layer += 1 }

  /// The number of names in the tree, the root included.
  package var count: Int { names.count - freeNames.count }

  /// The file record behind a name; hard links share one.
  subscript(node: Node) -> FileRecord {
    unsafeAddress { UnsafePointer(files.pointer(at: names[node.index].file)) }
    unsafeMutableAddress { files.pointer(at: names[node.index].file) }
  }

  /// How many bytes the entries take, in memory and in the temporary file.
  package var byteCount: Int { space.byteCount }

  /// Gives memory back that lies in the temporary file; it comes again when it is used.
  func releaseColdMemory() { space.releaseColdMemory() }

  // MARK: names

  /// The bytes of a name, valid until the tree goes.
  func name(of node: Node) -> UnsafeRawBufferPointer { text[names[node.index].name] }

  /// The directory that holds a name; ``Node/none`` for the root.
  func parent(of node: Node) -> Node { Node(index: names[node.index].parent) }

  /// The first name in a directory, in no particular order, or ``Node/none``.
  func firstChild(of node: Node) -> Node { Node(index: names[node.index].firstChild) }

  /// The name after this one in the same directory, or ``Node/none``.
  func nextSibling(of node: Node) -> Node { Node(index: names[node.index].nextSibling) }

  /// Whether the current layer has put a name there, or something below it, or gone through it.
  func isTouched(_ node: Node) -> Bool { names[node.index].layer == layer }

  /// Whether the current layer has made a name; a folder of a lower layer that it describes anew, it has
  /// not made.
  func isNew(_ node: Node) -> Bool { names[node.index].firstLayer == layer }

  /// Whether a name has not been removed since; false says nothing once another was inserted.
  func isPresent(_ node: Node) -> Bool { names[node.index].file != .max }

  /// Where the descriptor of a directory is cached; `.max` when it is not.
  func cacheSlot(of node: Node) -> UInt32 { names[node.index].cacheSlot }

  func setCacheSlot(of node: Node, to slot: UInt32) { names[node.index].cacheSlot = slot }

  /// Marks a name and the directories above it as touched by the current layer.
  func touch(_ node: Node) {
    var index = node.index
    while index != .max, names[index].layer != layer {
      names[index].layer = layer
      index = names[index].parent
    }
  }

  /// The bytes kept for a file: a link's target or encoded attributes.
  func text(of file: FileRecord) -> UnsafeRawBufferPointer { text[file.text] }

  /// Bytes that were kept.
  func text(_ reference: SpooledBytes.Reference) -> UnsafeRawBufferPointer { text[reference] }

  /// Keeps bytes for a file.
  func keep(_ bytes: UnsafeRawBufferPointer) throws(SyscallError) -> SpooledBytes.Reference {
    try text.append(bytes)
  }

  /// The path from the root without a leading slash; `.` for the root.
  func path(of node: Node) -> [UInt8] {
    guard node != .root else { return [UInt8(ascii: ".")] }
    var components: [UnsafeRawBufferPointer] = []
    var current = node
    while current != .root {
      components.append(name(of: current))
      current = parent(of: current)
    }
    var path: [UInt8] = []
    for component in components.reversed() {
      if !path.isEmpty { path.append(UInt8(ascii: "/")) }
      path.append(contentsOf: component)
    }
    return path
  }

  // MARK: look-up and change

  /// The name in a directory, or ``Node/none``.
  func child(of parent: Node, named name: UnsafeRawBufferPointer) -> Node {
    let found = index.find(Self.hash(parent, name)) { candidate in
      names[candidate].parent == parent.index && text[names[candidate].name].isSame(as: name)
    }
    return found.map { Node(index: $0) } ?? .none
  }

  /// Adds a name for a new file; the name must not be there yet.
  func insert(
    _ name: UnsafeRawBufferPointer, in parent: Node, _ file: FileRecord
  ) throws(SyscallError) -> Node {
    let place: UInt32
    if let free = freeFiles.popLast() {
      files[free] = file
      place = free
    } else {
      place = try files.append(file)
    }
    return try insert(name, in: parent, fileIndex: place)
  }

  /// Adds a further name for the file behind another one.
  func insertLink(
    _ name: UnsafeRawBufferPointer, in parent: Node, to target: Node
  ) throws(SyscallError) -> Node {
    self[target].nameCount += 1
    return try insert(name, in: parent, fileIndex: names[target.index].file)
  }

  private func insert(
    _ name: UnsafeRawBufferPointer, in parent: Node, fileIndex: UInt32
  ) throws(SyscallError) -> Node {
    let hash = Self.hash(parent, name)
    var record = NameRecord(
      name: try text.append(name), hash: hash, parent: parent.index, file: fileIndex,
      firstLayer: layer)
    record.nextSibling = names[parent.index].firstChild
    let place: UInt32
    if let free = freeNames.popLast() {
      names[free] = record
      place = free
    } else {
      place = try names.append(record)
    }
    if record.nextSibling != .max { names[record.nextSibling].previousSibling = place }
    names[parent.index].firstChild = place
    index.insert(place, hash)
    return Node(index: place)
  }

  /// Removes a name that has nothing below it.
  func remove(_ node: Node) {
    let record = names[node.index]
    if record.previousSibling == .max {
      names[record.parent].firstChild = record.nextSibling
    } else {
      names[record.previousSibling].nextSibling = record.nextSibling
    }
    if record.nextSibling != .max {
      names[record.nextSibling].previousSibling = record.previousSibling
    }
    index.remove(node.index, record.hash)
    freeNames.append(node.index)
    let file = record.file
    names[node.index].file = .max
    files[file].nameCount -= 1
    if files[file].nameCount == 0 { freeFiles.append(file) }
  }

  // The standard library's hash is seeded anew in each process, so that no layer can be made of
  // names that all fall into one place.
  private static func hash(_ parent: Node, _ name: UnsafeRawBufferPointer) -> UInt32 {
    var hasher = Hasher()
    hasher.combine(parent.index)
    hasher.combine(bytes: name)
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }
}
