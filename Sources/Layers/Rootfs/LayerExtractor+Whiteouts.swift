internal import Store

/// Whiteouts (umoci-behaviour §4.4; image-spec v1.1.1, layer §whiteouts).
///
/// They remove what lower layers brought, never what this layer did, wherever in the layer they
/// stand. A path that this layer touched keeps all its ancestors touched, so an untouched
/// directory can go as a whole.
extension LayerExtractor {
  /// Applies the whiteout whose last component is `base`, which begins with `.wh.`.
  func applyWhiteout(_ base: [UInt8]) throws {
    let name = base.dropFirst(4)
    let isOpaque = base == Self.opaqueMarker
    if !isOpaque, name.isEmpty || name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) {
      throw EntryError.invalidWhiteout
    }
    guard let directory = try existingParent() else { return }
    if isOpaque {
      try removeUntouched(in: directory)
      return
    }
    let target = name.withUnsafeBytes { tree.child(of: directory, named: $0) }
    if target == .none { return }
    if tree.layer(of: target) != layer {
      try remove(target)
    } else if tree[target].kind == .directory {
      try removeUntouched(in: target)
    }
  }

  private static let opaqueMarker = Array(".wh..wh..opq".utf8)

  /// Removes everything in a directory that this layer has not touched.
  private func removeUntouched(in directory: ExtractedTree.Node) throws(SyscallError) {
    // What such a walk has left, and what comes later, is of this layer: it need not be walked
    // again, however often a layer demands it.
    var ancestor = directory
    while ancestor != .none {
      if tree[ancestor].opaqueLayer == layer { return }
      ancestor = tree.parent(of: ancestor)
    }
    var pending = [directory]
    while let next = pending.popLast() {
      guard tree[next].opaqueLayer != layer else { continue }
      tree[next].opaqueLayer = layer
      var child = tree.firstChild(of: next)
      while child != .none {
        let following = tree.nextSibling(of: child)
        if tree.layer(of: child) != layer {
          try remove(child)
        } else if tree[child].kind == .directory {
          pending.append(child)
        }
        child = following
      }
    }
  }
}
