/// Paths whose changes are not to be seen, with all that is below them (umoci-behaviour §2.7).
///
/// They are compared as text, cleaned as if the root file system were the root; no symbolic link is
/// followed.
public struct PathMasks: Equatable, Sendable {
  private let masks: [[UInt8]]

  /// No masks.
  public static let none = PathMasks([])

  /// Masks some paths, `/` for everything.
  public init(_ paths: [String]) {
    masks = paths.map { Self.cleaned(Array($0.utf8)) }
  }

  /// Whether a path is one of those, or lies below one: the path of a walk, which is clean; `.` is the root.
  package func cover(_ path: [UInt8]) -> Bool {
    if masks.isEmpty { return false }
    let path = path == LayerPath.root ? [] : path
    return masks.contains { mask in
      guard path.starts(with: mask) else { return false }
      return mask.isEmpty || path.count == mask.count || path[mask.count] == UInt8(ascii: "/")
    }
  }

  /// The components joined by slashes, without any dots; empty for the root.
  static func cleaned(_ path: [UInt8]) -> [UInt8] {
    var components: [ArraySlice<UInt8>] = []
    for component in path.split(separator: UInt8(ascii: "/")) {
      if component.elementsEqual([UInt8(ascii: ".")]) { continue }
      if component.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
        _ = components.popLast()
      } else {
        components.append(component)
      }
    }
    return Array(components.joined(separator: [UInt8(ascii: "/")]))
  }
}
