/// A path in two: all but its last component, and that.
package struct SplitPath {
  /// The folder: `.` for a path of one component, `/` for one in the root.
  package let parent: String
  /// The last component, without slashes behind it; `.` for the root and for an empty path.
  package let name: String

  /// Splits a path as text, without looking at what is there.
  package init(_ path: String) {
    var bytes = Array(path.utf8)
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else {
      parent = "."
      name = bytes.isEmpty ? "." : String(decoding: bytes, as: UTF8.self)
      return
    }
    let parent = String(decoding: bytes[..<slash], as: UTF8.self)
    let name = String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    self.parent = parent.isEmpty ? "/" : parent
    self.name = name.isEmpty ? "." : name
  }
}
