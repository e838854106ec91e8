internal import CLinux
internal import Glibc
internal import Store

/// Empties a folder of ours in which a stranger's tree may lie: of any depth, with any names, and
/// with folders that keep their owner out.
///
/// Folders that are not empty are moved up into the folder itself before their own turn comes, so
/// that two descriptors suffice. Nothing outside is ever named, and no symbolic link followed.
struct TreeRemoval {
  private let folder: OpenDirectory
  private static let point: FailPoint = "bundle.remove"

  /// Prepares to empty a folder.
  init(in folder: OpenDirectory) {
    self.folder = folder
  }

  /// Removes everything that is in the folder.
  func removeContents() throws(SyscallError) {
    var counter = 0
    while true {
      let names = try Self.names(in: folder)
      if names.isEmpty { return }
      for name in names where try !removeFile(name, in: folder) {
        try empty(name, &counter)
        try removeFolder(name, in: folder)
      }
    }
  }

  /// Empties one of the folders by removing its files and moving its folders up.
  private func empty(_ name: [UInt8], _ counter: inout Int) throws(SyscallError) {
    let path = folder.path(of: String(decoding: name, as: UTF8.self))
    _ = name.withCName { chmodat(folder.descriptor, $0) }
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | clinux_O_NOFOLLOW
    let descriptor = name.withCName { clinux_openat(folder.descriptor, $0, flags, 0) }
    guard descriptor >= 0 else { throw .last("openat", path) }
    let child = OpenDirectory(descriptor: descriptor, path: path)
    for name in try Self.names(in: child) where try !removeFile(name, in: child) {
      if try removeFolder(name, in: child) { continue }
      try moveUp(name, from: child, &counter)
    }
  }

  /// Lets us into a folder of ours; a failure shows at the next call.
  private func chmodat(_ descriptor: Int32, _ name: UnsafePointer<CChar>) -> Int32 {
    geteuid() == 0 ? 0 : fchmodat(descriptor, name, 0o700, 0)
  }

  private func moveUp(
    _ name: [UInt8], from child: OpenDirectory, _ counter: inout Int
  ) throws(SyscallError) {
    _ = name.withCName { chmodat(child.descriptor, $0) }
    while true {
      let newName = ".removed-\(counter)"
      counter += 1
      do throws(SyscallError) {
        try Self.point.perform("renameat2", on: child.path) {
          name.withCName {
            Int(
              clinux_renameat2(
                child.descriptor, $0, folder.descriptor, newName, clinux_RENAME_NOREPLACE))
          }
        }
        return
      } catch  where error.isAlreadyThere {
        continue
      }
    }
  }

  /// Removes a name that is no folder; returns false when it is one.
  private func removeFile(
    _ name: [UInt8], in directory: OpenDirectory
  ) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
      try unlink(name, in: directory, flags: 0)
    } catch  where error.code == EISDIR || error.code == EPERM {
      // Some file systems say EPERM for a folder, unlink(2).
      var status = stat()
      let result = name.withCName {
        fstatat(directory.descriptor, $0, &status, AT_SYMLINK_NOFOLLOW)
      }
      guard result == 0, status.st_mode & S_IFMT == S_IFDIR else { throw error }
      return false
    } catch  where error.code == ENOENT {
      return true
    }
    return true
  }

  /// Removes an empty folder; returns false when it is not empty.
  @discardableResult
  private func removeFolder(
    _ name: [UInt8], in directory: OpenDirectory
  ) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
      try unlink(name, in: directory, flags: AT_REMOVEDIR)
      return true
    } catch  where error.code == ENOTEMPTY || error.code == EEXIST {
      return false
    }
  }

  private func unlink(
    _ name: [UInt8], in directory: OpenDirectory, flags: Int32
  ) throws(SyscallError) {
    try Self.point.perform("unlinkat", on: directory.path) {
      name.withCName { Int(unlinkat(directory.descriptor, $0, flags)) }
    }
  }

  private static func names(in directory: OpenDirectory) throws(SyscallError) -> [[UInt8]] {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let copy = clinux_openat(directory.descriptor, ".", flags, 0)
    guard copy >= 0, let stream = fdopendir(copy) else { throw .last("opendir", directory.path) }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = entry.rawName
      if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
    }
    guard errno == 0 else { throw .last("readdir", directory.path) }
    return names
  }
}
