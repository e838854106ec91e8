internal import Store

/// One path that two file systems do not have in common, or not alike.
package struct FileChange: Sendable {
  /// The path, without a leading slash; empty for the root.
  package let path: [UInt8]
  /// What was there.
  package let before: LayerFile?
  /// What is there.
  package let after: LayerFile?
}

/// Walks two file systems side by side and tells where they differ.
///
/// Uses memory for the names of one folder of each level, whatever the number of differences.
package struct FileTableDifference {
  private typealias Node = ExtractedTree.Node

  /// A name that both have, or one of them.
  private struct Pair: BitwiseCopyable {
    var before: Node
    var after: Node
  }

  private let before: FileTable?
  private let after: FileTable?

  /// Compares two file systems; nil stands for none at all.
  package init(from before: FileTable?, to after: FileTable?) {
    self.before = before
    self.after = after
  }

  /// Calls `body` with each path that differs: a folder, then what is in it, names sorted by their
  /// bytes.
  ///
  /// - Throws: Only what `body` throws, which ends the walk.
  package func visit<Failure: Error>(
    _ body: (FileChange) throws(Failure) -> Void
  ) throws(Failure) {
    let root = Pair(before: before == nil ? .none : .root, after: after == nil ? .none : .root)
    var pending = [[root]]
    while var level = pending.popLast() {
      guard let pair = level.popLast() else { continue }
      pending.append(level)
      if let change = change(pair) { try body(change) }
      pending.append(names(in: pair))
    }
  }

  private func change(_ pair: Pair) -> FileChange? {
    let old = before.flatMap { pair.before == .none ? nil : LayerFile($0.tree, pair.before) }
    let new = after.flatMap { pair.after == .none ? nil : LayerFile($0.tree, pair.after) }
    if old == new { return nil }
    let path =
      pair.after == .none ? before?.tree.path(of: pair.before) : after?.tree.path(of: pair.after)
    let isRoot = pair.before == .root || pair.after == .root
    return FileChange(path: isRoot ? [] : path ?? [], before: old, after: new)
  }

  /// The names in a folder of either side, last one first.
  private func names(in pair: Pair) -> [Pair] {
    var old = Self.names(in: pair.before, before?.tree)[...]
    var new = Self.names(in: pair.after, after?.tree)[...]
    var pairs: [Pair] = []
    pairs.reserveCapacity(max(old.count, new.count))
    while let pair = Self.next(&old, before?.tree, &new, after?.tree) { pairs.append(pair) }
    pairs.reverse()
    return pairs
  }

  private static func names(in folder: Node, _ tree: ExtractedTree?) -> [Node] {
    guard let tree, folder != .none, tree[folder].kind == .directory else { return [] }
    var names: [Node] = []
    var child = tree.firstChild(of: folder)
    while child != .none {
      names.append(child)
      child = tree.nextSibling(of: child)
    }
    names.sort { tree.name(of: $0).precedes(tree.name(of: $1)) }
    return names
  }

  /// Takes the lesser of two first names, or both when they are the same.
  private static func next(
    _ old: inout ArraySlice<Node>, _ oldTree: ExtractedTree?, _ new: inout ArraySlice<Node>,
    _ newTree: ExtractedTree?
  ) -> Pair? {
    guard let left = old.first, let oldTree else {
      return new.popFirst().map { Pair(before: .none, after: $0) }
    }
    guard let right = new.first, let newTree else {
      old.removeFirst()
      return Pair(before: left, after: .none)
    }
    let (leftName, rightName) = (oldTree.name(of: left), newTree.name(of: right))
    let isLeft = !rightName.precedes(leftName)
    let isRight = !leftName.precedes(rightName)
    if isLeft { old.removeFirst() }
    if isRight { new.removeFirst() }
    return Pair(before: isLeft ? left : .none, after: isRight ? right : .none)
  }
}
