public import Store

/// Places inside a layout's journal or among its blobs, where nothing may be made but by the journal: the next
/// writing command would take it for what an ended operation has left, or a garbage collection for a blob.
public enum JournalPlace {
  /// Refuses a path that leads into the journal or the blobs of any layout.
  ///
  /// - Parameter path: What is to be made or changed; it need not be there.
  /// - Throws: ``JournalError/insideJournal(path:)``.
  public static func refuse(_ path: String) throws(JournalError) {
    guard let folder = nearestFolder(to: path) else { return }
    let isInside = isTrueUpwards(from: folder) { status, above in
      func part(_ name: String) -> FileStatus? { (try? above?.status(of: name)) ?? nil }
      func isAbove(_ name: String) -> Bool { part(name)?.isSameFile(as: status) == true }
      return isAbove(ControlFolder.name)
        || isAbove(LayoutPaths.blobs) && part(LayoutPaths.marker) != nil
    }
    if isInside { throw .insideJournal(path: path) }
  }

  /// Refuses to read a folder whose content changes with the layout that it is read for.
  ///
  /// - Throws: ``JournalError/insideJournal(path:)``, ``JournalError/holdsLayout(path:)``.
  public static func refuseSource(
    _ path: String, for layout: ImageLayout
  ) throws(JournalError) {
    try refuse(path)
    guard let source = try? OpenDirectory.open(path).status() else { return }
    if isTrueUpwards(from: layout.root, { status, _ in status.isSameFile(as: source) }) {
      throw .holdsLayout(path: path)
    }
  }

  /// Whether something is true of a folder or of one above it; whoever may not look further up does nothing
  /// there by mistake.
  private static func isTrueUpwards(
    from start: OpenDirectory, _ isTrue: (FileStatus, _ above: OpenDirectory?) -> Bool
  ) -> Bool {
    var folder = start
    var status = try? start.status()
    while let here = status {
      let above = try? folder.openDirectory("..")
      if isTrue(here, above) { return true }
      status = try? above?.status()
      guard let above, status?.isSameFile(as: here) == false else { return false }
      folder = above
    }
    return false
  }

  /// The last folder on a path that is there.
  private static func nearestFolder(to path: String) -> OpenDirectory? {
    var path = path[...]
    while true {
      if let folder = try? OpenDirectory.open(path.isEmpty ? "." : String(path)) { return folder }
      guard !path.isEmpty, path != "/" else { return nil }
      let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
      path = slash.map { $0 == path.startIndex ? path[...$0] : path[..<$0] } ?? ""
    }
  }
}
