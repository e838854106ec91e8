package import Store

/// A step of a walk through a root file system.
package enum ScanStep {
  /// A folder begins; `path` is relative to the root, `.` for the root itself.
  ///
  /// Then comes what is in it, in the order of the walk, each folder with all that is below it, then
  /// ``leave``.
  case enter(ScannedFolder, path: [UInt8])
  /// A file of the current folder, which is passed along to read it in, that is not a folder.
  case item(ScannedFile, ScannedFolder)
  /// The current folder is complete.
  case leave
}

/// A name in a folder that is being walked, and what lies there.
package struct ScannedFile {
  /// The name, as bytes.
  package let name: [UInt8]
  /// What lies there; a symbolic link is not followed.
  package let status: FileStatus
}

/// The names in a folder but for the two dots, each list sorted by its bytes.
package struct FolderNames {
  /// Everything that is no folder.
  package var files: [[UInt8]]
  /// The folders.
  package var folders: [[UInt8]]
}

/// In which order a walk goes through a folder.
package enum ScanOrder {
  /// That of an mtree: first the files, then the folders, each sorted by the bytes of the names.
  case mtree
  /// All together sorted by the bytes of the names.
  case names
}

/// Walks a root file system that is on disk.
///
/// Every name is resolved in its open folder and no symbolic link is ever followed, so that a walk
/// cannot leave the tree. It needs memory for the names of one folder of each level and, however
/// deep the tree, a bounded number of descriptors.
package struct RootfsScanner {
  /// The most folders above the current one that are kept open.
  static let maximumOpenAncestors = 64

  private let path: String
  private let isRootless: Bool
  private let order: ScanOrder

  /// Prepares a walk.
  ///
  /// - Parameters:
  ///   - path: The root of the tree.
  ///   - isRootless: Whether folders and files that keep their own owner out are opened all the
  ///     same, by giving them the missing permissions for a moment (umoci-behaviour §4.9).
  ///   - order: In which order the walk goes through a folder.
  package init(path: String, isRootless: Bool = false, order: ScanOrder = .mtree) {
    self.path = path
    self.isRootless = isRootless
    self.order = order
  }

  /// Visits everything in the tree.
  ///
  /// - Parameters:
  ///   - list: Gives the names in a folder, right after ``ScanStep/enter(_:path:)``; by default they
  ///     are read from disk.
  ///   - visit: Takes each step.
  /// - Throws: What `visit` throws; ``SyscallError``; ``WalkError`` when
  ///   somebody moves things about meanwhile in a way that the walk cannot follow.
  package func scan(
    listing list: (ScannedFolder) throws -> FolderNames = { try $0.names() },
    _ visit: (ScanStep) throws -> Void
  ) throws {
    var current = try ScannedFolder.open(root: path, isRootless: isRootless)
    var ancestors: [Ancestor] = []
    var relativePath: [UInt8] = []
    defer {
      current.restorePermissions()
      for ancestor in ancestors.reversed() { ancestor.folder?.restorePermissions() }
    }
    var pending = try enter(current, [UInt8(ascii: ".")], list, visit)
    while true {
      if let (name, isFolder) = pending.popLast() {
        guard isFolder else {
          try visit(.item(current.file(name), current))
          continue
        }
        let child = try current.openFolder(name)
        ancestors.append(
          Ancestor(folder: current, pending: pending, pathLength: relativePath.count))
        closeFarthest(&ancestors)
        relativePath += (relativePath.isEmpty ? [] : [UInt8(ascii: "/")]) + name
        current = child
        pending = try enter(current, relativePath, list, visit)
      } else {
        try visit(.leave)
        guard let parent = ancestors.popLast() else { return }
        let folder = try parent.folder ?? current.openParent(parent.identity)
        current.restorePermissions()
        current = folder
        pending = parent.pending
        relativePath.removeLast(relativePath.count - parent.pathLength)
      }
    }
  }

  /// A name in a folder that is still to be visited.
  private typealias Pending = (name: [UInt8], isFolder: Bool)

  /// Visits a folder; returns what is in it, the last one first.
  private func enter(
    _ folder: ScannedFolder, _ path: [UInt8],
    _ list: (ScannedFolder) throws -> FolderNames, _ visit: (ScanStep) throws -> Void
  ) throws -> [Pending] {
    try visit(.enter(folder, path: path))
    let names = try list(folder)
    var pending: [Pending] = []
    pending.reserveCapacity(names.files.count + names.folders.count)
    for name in names.folders.reversed() { pending.append((name, true)) }
    for name in names.files.reversed() { pending.append((name, false)) }
    if order == .names { pending.sort { $1.name.precedes($0.name) } }
    return pending
  }

  private func closeFarthest(_ ancestors: inout [Ancestor]) {
    let index = ancestors.count - 1 - Self.maximumOpenAncestors
    // One with borrowed permissions stays open, to give them back.
    guard index >= 0, ancestors[index].folder?.hasBorrowedPermissions == false else { return }
    ancestors[index].folder = nil
  }

  /// A folder above the current one.
  private struct Ancestor {
    var folder: ScannedFolder?
    let identity: ScannedFolder.Identity
    /// What is still to be visited in it, the last one first.
    let pending: [Pending]
    let pathLength: Int

    init(folder: ScannedFolder, pending: [Pending], pathLength: Int) {
      self.folder = folder
      identity = folder.identity
      self.pending = pending
      self.pathLength = pathLength
    }
  }
}
