/// Names in a layer that is being generated (umoci-behaviour §3.3).
package enum LayerPath {
  /// What all names begin with that mean something else than a file (image-spec v1.1.1, layer
  /// §whiteouts).
  static let whiteoutPrefix = Array(".wh.".utf8)
  private static let opaqueMarker = Array(".wh..wh..opq".utf8)
  /// The name of the root.
  static let root = [UInt8(ascii: ".")]

  /// A path in the image, cleaned lexically: no empty component, no dot, no slash at either end.
  ///
  /// - Throws: ``LayerPathError`` when it would leave the root, has a NUL, or has a component
  ///   that image layers cannot have because it would be taken for a whiteout.
  package static func clean(_ path: [UInt8]) throws(LayerPathError) -> [UInt8] {
    guard !path.contains(0) else { throw .unusableName(path) }
    // Most are, and some are very long.
    if isClean(path) { return path }
    let isAbsolute = path.first == UInt8(ascii: "/")
    var components: [ArraySlice<UInt8>] = []
    for component in path.split(separator: UInt8(ascii: "/")) where !component.elementsEqual(root) {
      guard component.elementsEqual(Array("..".utf8)) else {
        components.append(component)
        continue
      }
      guard components.popLast() != nil || isAbsolute else { throw .outsideRoot(path) }
    }
    if components.isEmpty { return root }
    if components.contains(where: { $0.starts(with: whiteoutPrefix) }) { throw .whiteoutName(path) }
    return Array(components.joined(separator: [UInt8(ascii: "/")]))
  }

  /// Whether no component of a path is empty or begins with a dot.
  private static func isClean(_ path: [UInt8]) -> Bool {
    path.withUnsafeBytes { bytes in
      var isStart = true
      for byte in bytes {
        if isStart, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") { return false }
        isStart = byte == UInt8(ascii: "/")
      }
      return !isStart
    }
  }

  /// A name in a folder of the image.
  package static func join(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    if name == root { return folder }
    return folder == root ? name : folder + [UInt8(ascii: "/")] + name
  }

  /// A name that was found on disk, in a folder of the image.
  ///
  /// - Throws: ``LayerPathError/whiteoutName(_:)``.
  static func child(
    _ name: [UInt8], of folder: [UInt8]
  ) throws(LayerPathError) -> [UInt8] {
    let path = join(folder, name)
    guard !name.starts(with: whiteoutPrefix) else { throw .whiteoutName(path) }
    return path
  }

  /// A path in the image that can be removed, cleaned like those of ``clean(_:)``.
  ///
  /// - Throws: ``LayerPathError``, also for the root.
  package static func removable(_ path: [UInt8]) throws(LayerPathError) -> [UInt8] {
    let path = try clean(path)
    guard path != root else { throw .whiteoutOfRoot }
    return path
  }

  /// The entry that hides a path of the layers below.
  ///
  /// - Throws: ``LayerPathError``.
  static func whiteout(of path: [UInt8]) throws(LayerPathError) -> [UInt8] {
    let path = try removable(path)
    let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return path[..<start] + whiteoutPrefix + path[start...]
  }

  /// The entry that hides what a folder holds in the layers below.
  static func opaqueMarker(in path: [UInt8]) throws(LayerPathError) -> [UInt8] {
    join(try clean(path), opaqueMarker)
  }
}
