/// One change that a call made and that a power cut may lose.
struct DiskEffect: Sendable {
  enum Change: Sendable {
    case bytes(DiskTree.NodeID, offset: Int, [UInt8])
    case size(DiskTree.NodeID, Int)
    case mode(DiskTree.NodeID, UInt32)
    /// Names that change together; nil removes.
    case names([(DiskTree.Slot, DiskTree.NodeID?)])
  }

  /// What became of an effect.
  enum Outcome: Hashable, Sendable {
    case kept
    case lost
    /// The first half of the bytes arrived.
    case firstHalf
    /// The second half of the bytes arrived.
    case secondHalf
    /// The file has its new size, but zeros instead of the bytes.
    case zeros
    /// The new name of a rename arrived, the old one is still there.
    case bothNames
  }

  /// The index of its event in the trace.
  let event: Int
  let label: String
  let change: Change
  /// Effects (by index) without which this one cannot have happened.
  var needs: Set<Int> = []
  /// What may become of it while nothing is synced; the first is `kept`.
  var outcomes: [Outcome]
  /// The index of the event after which it is `kept` for certain.
  var safeAfter: Int?
  /// The index of the event after which it cannot be `lost` any more, but may be `bothNames`.
  var mostlySafeAfter: Int?

  /// What may become of it when power fails after the first `cut` events.
  func outcomes(at cut: Int) -> [Outcome] {
    if let safeAfter, safeAfter < cut { return [.kept] }
    if let mostlySafeAfter, mostlySafeAfter < cut { return outcomes.filter { $0 != .lost } }
    return outcomes
  }

  func apply(_ outcome: Outcome, to tree: inout DiskTree) throws {
    switch change {
    case .mode(let node, let mode):
      tree.setMode(of: node, mode)
    case .size(let node, let size):
      try tree.resize(node, to: size)
    case .names(let names):
      for (slot, node) in names where node != nil || outcome == .kept { tree[slot] = node }
    case .bytes(let node, let offset, let bytes):
      let half = bytes.count / 2
      switch outcome {
      case .firstHalf: try tree.write(bytes[..<half], at: offset, to: node)
      case .secondHalf: try tree.write(bytes[half...], at: offset + half, to: node)
      case .zeros:
        let size = max(tree.size(of: node), offset + bytes.count)
        try tree.resize(node, to: size)
      default: try tree.write(bytes, at: offset, to: node)
      }
    }
  }
}
