internal import Store

/// What lies at a path of a tree.
package enum SourceItem {
  /// A folder.
  case folder(ScannedFolder)
  /// Something else, and the folder that it is in.
  case file(ScannedFile, in: ScannedFolder)
}

/// Opens what paths of a tree lead to, without following any symbolic link.
///
/// Paths that come sorted are cheap: the folders above the last one stay open, a bounded number of
/// them. What ``item(at:)`` gave is good until the next call.
package final class SourceFolders {
  /// The most folders that are kept open.
  private static let maximumOpen = 64

  private let root: ScannedFolder
  // The folders below the root that lead to the last one; the deep ones are not kept but for that one.
  private var names: [[UInt8]] = []
  private var folders: [ScannedFolder?] = []

  /// Opens the root of a tree.
  ///
  /// - Parameters:
  ///   - path: The root.
  ///   - isRootless: Whether folders and files that keep their own owner out are opened all the
  ///     same, by giving them the missing permissions for a moment (umoci-behaviour §4.9).
  /// - Throws: ``SyscallError``.
  package init(root path: String, isRootless: Bool) throws {
    root = try ScannedFolder.open(root: path, isRootless: isRootless)
  }

  deinit {
    close(downTo: 0)
    root.restorePermissions()
  }

  /// What lies at a path, as bytes relative to the root; `.` is the root itself.
  ///
  /// - Throws: ``MtreeError/changedWhileRead(path:)`` when nothing is there, or when something above
  ///   it is no folder; ``SyscallError``.
  package func item(at path: [UInt8]) throws -> SourceItem {
    var components = path.split(separator: UInt8(ascii: "/")).map(Array.init)
    components.removeAll { $0 == LayerPath.root }
    guard let name = components.popLast() else { return .folder(root) }
    let folder = try open(components)
    let status = try folder.status(name)
    guard status.kind == .directory else {
      return .file(ScannedFile(name: name, status: status), in: folder)
    }
    return .folder(try open(components + [name]))
  }

  private func open(_ components: [[UInt8]]) throws -> ScannedFolder {
    var level = zip(names, components).prefix { $0 == $1 }.count
    while level > 0, folders[level - 1] == nil { level -= 1 }
    close(downTo: level)
    var folder = level == 0 ? root : folders[level - 1] ?? root
    for name in components[level...] {
      let child = try folder.openFolder(name)
      if folders.count > Self.maximumOpen {
        folders[folders.count - 1]?.restorePermissions()
        folders[folders.count - 1] = nil
      }
      names.append(name)
      folders.append(child)
      folder = child
    }
    return folder
  }

  private func close(downTo level: Int) {
    for folder in folders[level...].reversed() { folder?.restorePermissions() }
    folders.removeSubrange(level...)
    names.removeSubrange(level...)
  }
}
