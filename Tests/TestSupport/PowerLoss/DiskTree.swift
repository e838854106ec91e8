/// Folders, files and links as they are on a disk at one moment.
///
/// Files are nodes and names are entries, so that hard links, files without a name and names that
/// a crash brought back are all the same thing.
public struct DiskTree: Sendable {
  /// A file, folder or symbolic link, whatever its names are.
  struct NodeID: Hashable, Sendable {
    let number: Int
    static let root = NodeID(number: 0)
  }

  /// One name in one folder.
  struct Slot: Hashable, Sendable {
    let folder: NodeID
    let name: String
  }

  enum Kind: Sendable {
    case folder
    case file(Content)
    case symlink(target: String)
  }

  /// The bytes of a file; those that nothing changed are left where they are.
  enum Content: Hashable, Sendable {
    case original(path: String, size: Int)
    case bytes([UInt8])
  }

  struct Node: Sendable {
    var kind: Kind
    var mode: UInt32
  }

  private(set) var nodes: [Node]
  private(set) var names: [NodeID: [String: NodeID]] = [:]

  /// An empty folder.
  public init() {
    nodes = [Node(kind: .folder, mode: 0o755)]
  }

  subscript(slot: Slot) -> NodeID? {
    get { names[slot.folder]?[slot.name] }
    set { names[slot.folder, default: [:]][slot.name] = newValue }
  }

  subscript(node: NodeID) -> Node { nodes[node.number] }

  mutating func add(_ kind: Kind, mode: UInt32) -> NodeID {
    nodes.append(Node(kind: kind, mode: mode))
    return NodeID(number: nodes.count - 1)
  }

  mutating func setMode(of node: NodeID, _ mode: UInt32) {
    nodes[node.number].mode = mode
  }

  /// The bytes of a file node; empty for anything else.
  func bytes(of node: NodeID) throws -> [UInt8] {
    guard case .file(let content) = self[node].kind else { return [] }
    switch content {
    case .bytes(let bytes): return bytes
    case .original(let path, _): return try Files.read(path)
    }
  }

  func size(of node: NodeID) -> Int {
    guard case .file(let content) = self[node].kind else { return 0 }
    switch content {
    case .bytes(let bytes): return bytes.count
    case .original(_, let size): return size
    }
  }

  mutating func setBytes(of node: NodeID, _ bytes: [UInt8]) {
    nodes[node.number].kind = .file(.bytes(bytes))
  }

  mutating func write(_ bytes: some Collection<UInt8>, at offset: Int, to node: NodeID) throws {
    var content = try self.bytes(of: node)
    if content.count < offset + bytes.count {
      content += [UInt8](repeating: 0, count: offset + bytes.count - content.count)
    }
    content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    setBytes(of: node, content)
  }

  mutating func resize(_ node: NodeID, to size: Int) throws {
    var content = try bytes(of: node)
    if size < content.count { content.removeLast(content.count - size) }
    content += [UInt8](repeating: 0, count: size - content.count)
    setBytes(of: node, content)
  }

  /// The folder and name that a path (relative, no links in it) means; nil when a folder of it is
  /// missing, and for the root.
  func slot(_ path: String) -> Slot? {
    var parts = path.split(separator: "/").filter { $0 != "." }
    guard !path.hasPrefix("/"), let last = parts.popLast() else { return nil }
    var folder = NodeID.root
    for part in parts {
      guard let next = self[Slot(folder: folder, name: String(part))] else { return nil }
      folder = next
    }
    return Slot(folder: folder, name: String(last))
  }

  /// What a path names.
  func node(_ path: String) -> NodeID? {
    if path == "." { return .root }
    return slot(path).flatMap { self[$0] }
  }

  /// Whether a path names a folder.
  func isFolder(_ path: String) -> Bool {
    guard let node = node(path), case .folder = self[node].kind else { return false }
    return true
  }

  /// Every entry that can be reached from the root, by path, folders before what is in them.
  func entries() -> [(path: String, node: NodeID)] {
    var result: [(path: String, node: NodeID)] = []
    func visit(_ folder: NodeID, _ prefix: String, depth: Int) {
      for (name, node) in (names[folder] ?? [:]).sorted(by: { $0.key < $1.key }) {
        result.append((prefix + name, node))
        if case .folder = self[node].kind, depth < 100 {
          visit(node, prefix + name + "/", depth: depth + 1)
        }
      }
    }
    visit(.root, "", depth: 0)
    return result
  }
}
