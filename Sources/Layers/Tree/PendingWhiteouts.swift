internal import Store

/// The whiteouts of one layer, until it is complete.
struct PendingWhiteouts {
  struct Record: BitwiseCopyable {
    /// The folder as it is written.
    let folder: SpooledBytes.Reference
    /// The name in it; empty for all of them.
    let name: SpooledBytes.Reference
    /// Where that leads, once the layer is complete.
    var target = ExtractedTree.Node.none
  }

  private var table: SpooledTable<Record>
  private(set) var count: UInt32 = 0

  init(in space: SpoolSpace) { table = SpooledTable(in: space) }

  subscript(index: UInt32) -> Record {
    get { table[index] }
    nonmutating set { table[index] = newValue }
  }

  mutating func append(_ record: Record) throws(SyscallError) {
    if count < table.count { table[count] = record } else { _ = try table.append(record) }
    count += 1
  }

  mutating func removeAll() { count = 0 }
}

/// Whiteouts remove what lower layers brought, never what this layer did, wherever in the layer they
/// stand: hence all at once, when it is complete. A path that this layer touched keeps all its
/// ancestors touched, so an untouched directory can go as a whole.
extension ExtractedTree {
  /// Takes down a whiteout of the current layer.
  func note(_ whiteout: Whiteout, in folder: ArraySlice<UInt8>) throws(SyscallError) {
    var name = SpooledBytes.Reference.empty
    if case .name(let bytes) = whiteout { name = try keep(Array(bytes)) }
    try whiteouts.append(PendingWhiteouts.Record(folder: try keep(Array(folder)), name: name))
  }

  private func keep(_ bytes: [UInt8]) throws(SyscallError) -> SpooledBytes.Reference {
    try bytes.bytes { bytes throws(SyscallError) in try keep(bytes) }
  }

  /// Completes the current layer: calls `remove` for each name that goes, with all below it.
  func endLayer<Failure: Error>(_ remove: (Node) throws(Failure) -> Void) throws(Failure) {
    for name in EntryPath.leftovers {
      let node = name.withUnsafeBytes { child(of: .root, named: $0) }
      if node != .none, isTouched(node) { try remove(node) }
    }
    // Where they lead is found out before anything goes, so that their order means nothing.
    for index in 0..<whiteouts.count { whiteouts[index].target = target(of: whiteouts[index]) }
    for index in 0..<whiteouts.count {
      let (node, isOpaque) = (whiteouts[index].target, whiteouts[index].name.count == 0)
      guard node != .none, isPresent(node) else { continue }
      if !isOpaque, !isTouched(node) {
        try remove(node)
      } else if self[node].kind == .directory {
        try removeUntouched(in: node, remove)
      }
    }
    whiteouts.removeAll()
  }

  private func target(of whiteout: PendingWhiteouts.Record) -> Node {
    let folder = Array(text(whiteout.folder))
    // An endless way leads to nothing.
    guard let place = try? resolve(folder[...], for: .hiding), place.missing.isEmpty,
      self[place.node].kind == .directory
    else { return .none }
    if whiteout.name.count == 0 { return place.node }
    return child(of: place.node, named: text(whiteout.name))
  }

  /// Removes everything in a directory that the layer has not touched.
  private func removeUntouched<Failure: Error>(
    in directory: Node, _ remove: (Node) throws(Failure) -> Void
  ) throws(Failure) {
    // What such a walk has left need not be walked again, however often a layer demands it.
    var ancestor = directory
    while ancestor != .none {
      if self[ancestor].opaqueLayer == layer { return }
      ancestor = parent(of: ancestor)
    }
    var pending = [directory]
    while let next = pending.popLast() {
      guard self[next].opaqueLayer != layer else { continue }
      self[next].opaqueLayer = layer
      var child = firstChild(of: next)
      while child != .none {
        let following = nextSibling(of: child)
        if !isTouched(child) {
          try remove(child)
        } else if self[child].kind == .directory {
          pending.append(child)
        }
        child = following
      }
    }
  }
}
