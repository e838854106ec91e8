internal import Store

/// Reading a tree in the order of an mtree.
extension ExtractedTree {
  /// Visits everything in the tree: a directory, its other entries, its sub-directories, its end.
  ///
  /// Names are sorted by their bytes. The sizes and link counts of directories are those that the file
  /// system showed when the extraction ended.
  ///
  /// - Throws: Only what `visit` throws, which ends the walk.
  package func walk<Failure: Error>(
    _ visit: (ExtractedStep) throws(Failure) -> Void
  ) throws(Failure) {
    var walk = TreeWalk(self)
    while let step = walk.next() {
      switch step {
      case .enter(let node): try visit(.enter(entry(node), path: path(of: node)))
      case .item(let node): try visit(.item(entry(node)))
      case .leave: try visit(.leave)
      }
    }
  }

  /// The facts of one name.
  func entry(_ node: Node) -> ExtractedEntry {
    let file = self[node]
    let isLink = file.kind == .symbolicLink
    return ExtractedEntry(
      name: Array(name(of: node)), kind: file.kind, permissions: UInt32(file.permissions),
      userID: file.userID, groupID: file.groupID, size: file.size,
      linkCount: file.kind == .directory ? file.directoryLinkCount : UInt64(file.nameCount),
      modificationSeconds: file.modificationSeconds,
      linkTarget: isLink ? Array(text(of: file)) : nil,
      contentHash: file.kind == .regular ? file.contentHash : nil,
      attributes: isLink ? [] : ExtendedAttribute.decode(text(of: file)))
  }
}

/// Goes through a tree in the order of an mtree, step by step.
///
/// Uses memory for the names of one directory of each level.
struct TreeWalk: IteratorProtocol {
  typealias Node = ExtractedTree.Node

  enum Step: BitwiseCopyable {
    /// A directory begins: next come its other entries, then its sub-directories.
    case enter(Node)
    /// An entry that is no directory.
    case item(Node)
    /// The directory that was entered last and not left yet is complete.
    case leave
  }

  /// A name with its first bytes, which are mostly enough to compare it.
  private struct Child: BitwiseCopyable {
    let prefix: UInt64
    let node: Node
  }

  private let tree: ExtractedTree
  /// What is still to be visited, the next one last.
  private var pending: [Step] = [.enter(.root)]
  private var footprint = TreeFootprint()

  init(_ tree: ExtractedTree) {
    self.tree = tree
  }

  mutating func next() -> Step? {
    guard let step = pending.popLast() else { return nil }
    switch step {
    case .enter(let directory): enter(directory)
    case .item(let node): footprint.visit(node, in: tree)
    case .leave: break
    }
    return step
  }

  private mutating func enter(_ directory: Node) {
    var items: [Child] = []
    var directories: [Child] = []
    var node = tree.firstChild(of: directory)
    while node != .none {
      footprint.visit(node, in: tree)
      let child = Child(prefix: tree.name(of: node).prefixNumber, node: node)
      if tree[node].kind == .directory { directories.append(child) } else { items.append(child) }
      node = tree.nextSibling(of: node)
    }
    items.sort(by: follows)
    directories.sort(by: follows)
    pending.append(.leave)
    for child in directories { pending.append(.enter(child.node)) }
    for child in items { pending.append(.item(child.node)) }
  }

  /// Whether a name comes after another.
  private func follows(_ left: Child, _ right: Child) -> Bool {
    if left.prefix != right.prefix { return left.prefix > right.prefix }
    return tree.name(of: right.node).precedes(tree.name(of: left.node))
  }
}
