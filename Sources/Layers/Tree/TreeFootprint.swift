/// Keeps a walk through a large tree from making all of it this process's memory.
///
/// Told of each name that is visited, it has the tree give memory back after many of them, or after
/// some that lie far from the one before: each of these costs several pages.
struct TreeFootprint {
  private static let farthest = 1 << 9
  private static let jumpLimit = 64
  private static let visitLimit = 1 << 13

  private var last = 0
  private var jumpCount = 0
  private var visitCount = 0

  mutating func visit(_ node: ExtractedTree.Node, in tree: ExtractedTree) {
    let index = Int(node.index)
    if abs(index - last) > Self.farthest { jumpCount += 1 }
    last = index
    visitCount += 1
    guard jumpCount >= Self.jumpLimit || visitCount >= Self.visitLimit else { return }
    tree.releaseColdMemory()
    jumpCount = 0
    visitCount = 0
  }
}
