package import Journal
internal import Store

extension DatabaseFile {
  /// The database at a path.
  package init(at path: String) throws {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    self.init(
      folder: try OpenDirectory.open(String(path[..<slash])),
      name: String(path[slash...].dropFirst()))
  }
}
