public import Store

/// Places inside a layout's journal, where nothing may be made but by the journal: the next writing command
/// would take it for what an ended operation has left.
public enum JournalPlace {
  /// Refuses a path that leads into the journal of any layout.
  ///
  /// - Parameter path: What is to be made or changed; it need not be there.
  /// - Throws: ``JournalError/insideJournal(path:)``.
  public static func refuse(_ path: String) throws(JournalError) {
    guard var folder = nearestFolder(to: path) else { return }
    // Whoever may not look further up makes nothing there by mistake.
    while let above = try? folder.openDirectory(".."), let status = try? folder.status(),
      let aboveStatus = try? above.status(), !aboveStatus.isSameFile(as: status)
    {
      if let journal = (try? above.status(of: ControlFolder.name)) ?? nil,
        journal.isSameFile(as: status)
      {
        throw .insideJournal(path: path)
      }
      folder = above
    }
  }

  /// Refuses to read a folder whose content changes with the layout that it is read for.
  ///
  /// - Throws: ``JournalError/insideJournal(path:)``, ``JournalError/holdsLayout(path:)``.
  public static func refuseSource(
    _ path: String, for layout: ImageLayout
  ) throws(JournalError) {
    try refuse(path)
    guard let source = try? OpenDirectory.open(path).status() else { return }
    var status = try? layout.root.status()
    var folder = layout.root
    while let here = status {
      if here.isSameFile(as: source) { throw .holdsLayout(path: path) }
      guard let above = try? folder.openDirectory("..") else { return }
      folder = above
      status = try? above.status()
      if status?.isSameFile(as: here) == true { return }
    }
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
