internal import Store

/// The folders between which an operation moves blobs, each opened once.
final class RelocationFolders {
  private let session: Session
  private let trash: TrashFolder
  private let id: OperationID
  private var open: [String: OpenDirectory?] = [:]

  init(_ session: Session, _ trash: TrashFolder, _ id: OperationID) {
    self.session = session
    self.trash = trash
    self.id = id
  }

  func blobs(_ algorithm: String) throws(SyscallError) -> OpenDirectory? {
    try folder("blobs/" + algorithm) { () throws(SyscallError) in
      try session.layout.blobs.directory.openIfThere(algorithm)
    }
  }

  func keep(_ algorithm: String) throws(SyscallError) -> OpenDirectory? {
    try folder("keep/" + algorithm) { () throws(SyscallError) in
      try session.control.keep.openIfThere(algorithm)
    }
  }

  func trash(_ algorithm: String) throws(SyscallError) -> OpenDirectory {
    if let known = open[algorithm], let folder = known { return folder }
    let made = try trash.makeFolder(of: id, algorithm)
    open[algorithm] = made
    return made
  }

  private func folder(
    _ key: String, _ find: () throws(SyscallError) -> OpenDirectory?
  ) throws(SyscallError) -> OpenDirectory? {
    if let known = open[key] { return known }
    let found = try find()
    open[key] = .some(found)
    return found
  }
}

extension OpenDirectory {
  /// Renames into another folder, where the same file may have its name already.
  ///
  /// - Returns: False when there is no such name.
  func move(
    _ name: String, to target: OpenDirectory, _ point: FailPoint
  ) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
      do throws(SyscallError) {
        try renameWithoutReplacing(name, to: target, as: name, point)
        return true
      } catch {
        guard error.isAlreadyThere else { throw error }
      }
      try rename(name, to: target, as: name, point)
      // Renaming onto another name of the same file does nothing, rename(2): a power cut may have
      // kept both.
      if let left = try status(of: name), let moved = try target.status(of: name),
        left.inode == moved.inode, left.device == moved.device
      {
        try remove(name, "trash.drop-name")
      }
      return true
    } catch {
      guard error.code == SyscallError.noEntry else { throw error }
      return false
    }
  }

  /// Opens a folder in this one; nil when there is none, or something else.
  func openIfThere(_ name: String) throws(SyscallError) -> OpenDirectory? {
    do throws(SyscallError) { return try openDirectory(name) } catch {
      guard error.isNotFound || error.isLinkLoop else { throw error }
      return nil
    }
  }
}
