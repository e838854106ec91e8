internal import CLinux
internal import Glibc

/// Changes to a folder. Each is one system call with its fail point; none is durable before
/// ``sync(_:)`` has returned for every folder involved.
extension OpenDirectory {
  /// Creates a new file and opens it for reading and writing.
  ///
  /// - Throws: `EEXIST` when the name is taken, also by a dangling symbolic link.
  package func createFile(
    _ name: String, policy: CreationPolicy, _ point: FailPoint
  ) throws(SyscallError) -> OpenFile {
    let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | clinux_O_NOFOLLOW
    let descriptor = try point.perform("openat", on: path(of: name)) {
      name.withPath { Int(clinux_openat(self.descriptor, $0, flags, policy.fileMode)) }
    }
    let file = OpenFile(descriptor: Int32(descriptor), path: path(of: name))
    try file.apply(policy, point)
    return file
  }

  /// Opens a file for reading and writing, creating it when it is missing.
  package func openOrCreateFile(
    _ name: String, policy: CreationPolicy, _ point: FailPoint
  ) throws(SyscallError) -> OpenFile {
    let flags = O_RDWR | O_CLOEXEC | clinux_O_NOFOLLOW
    let existing = name.withPath { clinux_openat(descriptor, $0, flags, 0) }
    if existing >= 0 { return OpenFile(descriptor: existing, path: path(of: name)) }
    guard errno == ENOENT else { throw .last("openat", path(of: name)) }
    do throws(SyscallError) {
      return try createFile(name, policy: policy, point)
    } catch  where error.isAlreadyThere {
      // Somebody else has just made it.
      return try openOrCreateFile(name, policy: policy, point)
    }
  }

  /// Creates a folder.
  ///
  /// - Returns: False when the name was taken already.
  @discardableResult
  package func createDirectory(
    _ name: String, policy: CreationPolicy, _ point: FailPoint
  ) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
      try point.perform("mkdirat", on: path(of: name)) {
        name.withPath { Int(mkdirat(descriptor, $0, policy.directoryMode)) }
      }
    } catch  where error.isAlreadyThere {
      return false
    }
    if policy.changesWhatIsMade { try openDirectory(name).apply(policy, point) }
    return true
  }

  /// Sets owner and mode as the policy asks, of the folder itself: its name may have become another's.
  private func apply(_ policy: CreationPolicy, _ point: FailPoint) throws(SyscallError) {
    try policy.apply(to: descriptor, mode: policy.directoryMode | 0o2000, path, point)
  }

  /// Opens a folder in this one, creating it when it is missing.
  package func openOrCreateDirectory(
    _ name: String, policy: CreationPolicy, _ point: FailPoint
  ) throws(SyscallError) -> OpenDirectory {
    do throws(SyscallError) {
      return try openDirectory(name)
    } catch  where error.code == ENOENT {
      try createDirectory(name, policy: policy, point)
      return try openDirectory(name)
    }
  }

  /// Renames, replacing what is there, rename(2).
  package func rename(
    _ name: String, to target: OpenDirectory, as newName: String, _ point: FailPoint
  ) throws(SyscallError) {
    try renameat2(name, to: target, as: newName, flags: 0, point)
  }

  /// Renames unless the new name is taken (`EEXIST`), renameat2(2).
  ///
  /// Where the file system cannot do that (NFS, most of FUSE), it is looked at first whether the name is taken: a
  /// file, or an empty folder, that takes it between the two is replaced.
  package func renameWithoutReplacing(
    _ name: String, to target: OpenDirectory, as newName: String, _ point: FailPoint
  ) throws(SyscallError) {
    do throws(SyscallError) {
      try renameat2(name, to: target, as: newName, flags: clinux_RENAME_NOREPLACE, point)
    } catch  where error.isUnsupported {
      guard try target.status(of: newName) == nil else {
        throw SyscallError(call: error.call, path: error.path, code: EEXIST)
      }
      try rename(name, to: target, as: newName, "rename.plain")
    }
  }

  /// Swaps two names atomically: no reader ever sees either of them missing, renameat2(2).
  ///
  /// - Throws: `EINVAL` where the file system cannot do it.
  package func exchange(
    _ name: String, with target: OpenDirectory, _ otherName: String, _ point: FailPoint
  ) throws(SyscallError) {
    try renameat2(name, to: target, as: otherName, flags: clinux_RENAME_EXCHANGE, point)
  }

  private func renameat2(
    _ name: String, to target: OpenDirectory, as newName: String, flags: UInt32,
    _ point: FailPoint
  ) throws(SyscallError) {
    try point.perform("renameat2", on: "\(path(of: name)) -> \(target.path(of: newName))") {
      name.withPath { name in
        newName.withPath {
          Int(clinux_renameat2(descriptor, name, target.descriptor, $0, flags))
        }
      }
    }
  }

  /// Gives a file a second name, link(2); a symbolic link is linked itself, unless it is to be
  /// followed.
  package func link(
    _ name: String, to target: OpenDirectory, as newName: String, followingLinks: Bool = false,
    _ point: FailPoint
  ) throws(SyscallError) {
    let flags = followingLinks ? AT_SYMLINK_FOLLOW : 0
    try point.perform("linkat", on: "\(path(of: name)) -> \(target.path(of: newName))") {
      name.withPath { name in
        newName.withPath { Int(linkat(descriptor, name, target.descriptor, $0, flags)) }
      }
    }
  }

  /// Removes a file's name.
  ///
  /// - Returns: False when there was none.
  @discardableResult
  package func remove(_ name: String, _ point: FailPoint) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
      try point.perform("unlinkat", on: path(of: name)) {
        name.withPath { Int(unlinkat(descriptor, $0, 0)) }
      }
      return true
    } catch  where error.code == ENOENT {
      return false
    }
  }

  /// Removes an empty folder.
  ///
  /// - Returns: False when there was none.
  @discardableResult
  package func removeEmptyDirectory(
    _ name: String, _ point: FailPoint
  ) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
      try point.perform("rmdir", on: path(of: name)) {
        name.withPath { Int(unlinkat(descriptor, $0, AT_REMOVEDIR)) }
      }
      return true
    } catch  where error.code == ENOENT {
      return false
    }
  }

  /// Waits until the folder's names are on stable storage, fsync(2).
  ///
  /// A failure is final.
  package func sync(_ point: FailPoint) throws(SyscallError) {
    try point.perform("fsync", on: path) { Int(fsync(descriptor)) }
  }

  /// Waits until everything on this file system is on stable storage, syncfs(2).
  package func syncFilesystem(_ point: FailPoint) throws(SyscallError) {
    try point.perform("syncfs", on: path) { Int(clinux_syncfs(descriptor)) }
  }
}
