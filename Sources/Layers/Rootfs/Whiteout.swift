internal import Store

/// What an entry asks for whose last component begins with `.wh.` (umoci-behaviour §4.4;
/// image-spec v1.1.1, layer §whiteouts).
enum Whiteout {
  /// Everything that lower layers have in its directory goes.
  case opaque
  /// One name of its directory goes.
  case name(ArraySlice<UInt8>)

  /// How the last component of a whiteout begins.
  static let prefix = Array(".wh.".utf8)
  private static let opaqueMarker = Array(".wh..wh..opq".utf8)

  /// Reads a last component that begins with ``prefix``.
  ///
  /// - Throws: ``EntryError/invalidWhiteout`` when it names nothing, or the directory or its parent.
  init(_ base: [UInt8]) throws(EntryError) {
    let name = base.dropFirst(Self.prefix.count)
    if base == Self.opaqueMarker {
      self = .opaque
    } else if name.isEmpty || name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) {
      throw .invalidWhiteout
    } else {
      self = .name(name)
    }
  }
}

/// Whiteouts remove what lower layers brought, never what this layer did, wherever in the layer they
/// stand. A path that this layer touched keeps all its ancestors touched, so an untouched directory
/// can go as a whole.
extension ExtractedTree {
  /// Calls `remove` for each name, with all below it, that a whiteout in a directory takes away.
  func apply<Failure: Error>(
    _ whiteout: Whiteout, in directory: Node, layer: UInt32,
    _ remove: (Node) throws(Failure) -> Void
  ) throws(Failure) {
    guard case .name(let name) = whiteout else {
      return try removeUntouched(in: directory, layer, remove)
    }
    let target = name.withUnsafeBytes { child(of: directory, named: $0) }
    if target == .none { return }
    if self.layer(of: target) != layer {
      try remove(target)
    } else if self[target].kind == .directory {
      try removeUntouched(in: target, layer, remove)
    }
  }

  /// Removes everything in a directory that the layer has not touched.
  private func removeUntouched<Failure: Error>(
    in directory: Node, _ layer: UInt32, _ remove: (Node) throws(Failure) -> Void
  ) throws(Failure) {
    // What such a walk has left, and what comes later, is of this layer: it need not be walked
    // again, however often a layer demands it.
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
        if self.layer(of: child) != layer {
          try remove(child)
        } else if self[child].kind == .directory {
          pending.append(child)
        }
        child = following
      }
    }
  }
}
