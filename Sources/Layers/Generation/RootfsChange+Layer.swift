internal import Store

extension RootfsChange {
  private static let opaqueMarker = Array(".wh..wh..opq".utf8)

  /// What an entry of a layer does to what the layers below have.
  ///
  /// Whatever it puts in is called new: nobody has looked at the layers below.
  package init(ofLayerEntry entry: LayerEntry) {
    self.init(name: entry.path, size: entry.size)
  }

  /// What an entry of somebody's archive does.
  init(ofLayerEntry entry: TarEntry) {
    self.init(name: entry.path, size: entry.kind == .regular ? entry.size : 0)
  }

  private init(name: [UInt8], size: Int64) {
    let path = PathMasks.cleaned(name)
    let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let base = path[start...]
    if base.elementsEqual(Self.opaqueMarker) {
      self.init(path: Self.orRoot(path[..<max(start - 1, 0)]), kind: .hidden)
    } else if base.starts(with: LayerPath.whiteoutPrefix) {
      let hidden = path[..<start] + base.dropFirst(LayerPath.whiteoutPrefix.count)
      self.init(path: Array(hidden), kind: .removed)
    } else {
      self.init(path: Self.orRoot(path[...]), kind: .added, size: size)
    }
  }

  private static func orRoot(_ path: ArraySlice<UInt8>) -> [UInt8] {
    path.isEmpty ? LayerPath.root : Array(path)
  }
}
