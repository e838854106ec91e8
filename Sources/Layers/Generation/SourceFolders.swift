internal import Glibc
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
  private var folders: [ScannedFolder?] = []
  // The path of the last one, and where in it that of each folder ends.
  private var path: [UInt8] = []
  private var ends: [Int] = []

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

  /// What lies at a path, as bytes relative to the root and clean; `.` is the root itself.
  ///
  /// - Throws: ``WalkError`` when nothing is there, or when something above
  ///   it is no folder; ``SyscallError``.
  package func item(at path: [UInt8]) throws -> SourceItem {
    guard path != LayerPath.root else { return .folder(root) }
    let start = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
    let name = Array(path[start...].drop { $0 == UInt8(ascii: "/") })
    let folder = try open(path[..<start])
    let status = try folder.status(name)
    guard status.kind == .directory else {
      return .file(ScannedFile(name: name, status: status), in: folder)
    }
    return .folder(try open(path[...]))
  }

  /// Opens a folder from the nearest one that is open: only what is new of a path is looked at.
  private func open(_ path: ArraySlice<UInt8>) throws -> ScannedFolder {
    var level = folders.count
    while level > 0, folders[level - 1] == nil || !isAbove(path, level) { level -= 1 }
    close(downTo: level)
    var folder = level == 0 ? root : folders[level - 1] ?? root
    for name in path[(ends.last ?? 0)...].split(separator: UInt8(ascii: "/")) {
      let child = try folder.openFolder(Array(name))
      if folders.count > Self.maximumOpen {
        folders[folders.count - 1]?.restorePermissions()
        folders[folders.count - 1] = nil
      }
      self.path += (self.path.isEmpty ? [] : [UInt8(ascii: "/")]) + name
      ends.append(self.path.count)
      folders.append(child)
      folder = child
    }
    return folder
  }

  /// Whether the folder at a level is the one of a path, or above it.
  private func isAbove(_ path: ArraySlice<UInt8>, _ level: Int) -> Bool {
    let end = ends[level - 1]
    guard path.count >= end else { return false }
    guard path.count == end || path[end] == UInt8(ascii: "/") else { return false }
    return path.withUnsafeBytes { one in
      self.path.withUnsafeBytes { two in
        guard let one = one.baseAddress, let two = two.baseAddress else { return end == 0 }
        return memcmp(one, two, end) == 0
      }
    }
  }

  private func close(downTo level: Int) {
    for folder in folders[level...].reversed() { folder?.restorePermissions() }
    folders.removeSubrange(level...)
    ends.removeSubrange(level...)
    path.removeSubrange((ends.last ?? 0)...)
  }
}
