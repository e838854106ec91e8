internal import CLinux
internal import Glibc

/// Removing whole trees of untrusted content: with any names, of any depth, and
/// with folders that keep their owner out.
extension OpenDirectory {
  /// Removes a name and everything below it.
  ///
  /// No symbolic link is followed, and nothing is removed of what is mounted there. Not atomic: when it
  /// throws, all is gone that could be removed.
  ///
  /// - Throws: The first failure: `EBUSY` for a mount, `EPERM` for an immutable file, `EACCES` for another
  ///   user's folder.
  package func removeTree(_ name: String, _ point: FailPoint) throws(SyscallError) {
    let removal = TreeRemoval(in: self, point)
    while try !removal.removeLeaf(name.pathBytes) {
      try removal.open(name.pathBytes)?.removeContents(point)
    }
  }

  /// Removes everything that is in the folder; the same otherwise.
  package func removeContents(_ point: FailPoint) throws(SyscallError) {
    var removal = TreeRemoval(in: self, point)
    try removal.run()
  }
}

/// Empties a folder.
///
/// Folders that are not empty are moved up into the folder itself before their own turn comes, so
/// that two descriptors suffice for any depth.
private struct TreeRemoval {
  private let top: OpenDirectory
  private let point: FailPoint
  /// How many folders have been moved up.
  private var moved = 0
  /// The names that cannot be removed, and why the first of them cannot.
  private var stuck: Set<[UInt8]> = []
  private var failure: SyscallError?

  init(in folder: OpenDirectory, _ point: FailPoint) {
    top = folder
    self.point = point
  }

  mutating func run() throws(SyscallError) {
    while true {
      let names = try top.rawEntryNames().filter { !stuck.contains($0) }
      if names.isEmpty { break }
      for name in names {
        do throws(SyscallError) { try remove(name) } catch {
          failure = failure ?? error
          stuck.insert(name)
        }
      }
    }
    if let failure { throw failure }
  }

  /// Removes a name, or what is in it and all but the folders of that.
  private mutating func remove(_ name: [UInt8]) throws(SyscallError) {
    if try removeLeaf(name) { return }
    guard let folder = try open(name) else { return }
    let child = Self(in: folder, point)
    var failure: SyscallError?
    for name in try folder.rawEntryNames() {
      do throws(SyscallError) {
        if try !child.removeLeaf(name) { try moveUp(name, from: child) }
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    _ = try removeLeaf(name)
  }

  /// Removes a file or an empty folder.
  ///
  /// That a folder is empty is found out by trying: what is mounted must not be opened.
  ///
  /// - Returns: False for a folder that is not empty.
  func removeLeaf(_ name: [UInt8]) throws(SyscallError) -> Bool {
    var status = stat()
    let found = name.withCName { fstatat(top.descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
    guard found == 0 else {
      if errno == ENOENT { return true }
      throw .last("fstatat", path(name))
    }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    do throws(SyscallError) {
      try point.perform(isFolder ? "rmdir" : "unlinkat", on: path(name)) {
        name.withCName { Int(unlinkat(top.descriptor, $0, isFolder ? AT_REMOVEDIR : 0)) }
      }
      return true
    } catch {
      if error.code == ENOENT { return true }
      if isFolder, error.isNotEmpty { return false }
      throw error
    }
  }

  /// Opens a folder and lets us into it.
  ///
  /// - Returns: Nil when somebody else was faster.
  func open(_ name: [UInt8]) throws(SyscallError) -> OpenDirectory? {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | clinux_O_NOFOLLOW
    var descriptor = name.withCName { clinux_openat(top.descriptor, $0, flags, 0) }
    if descriptor < 0, errno == EACCES {
      letIn(name)
      descriptor = name.withCName { clinux_openat(top.descriptor, $0, flags, 0) }
    }
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .last("openat", path(name))
    }
    let folder = OpenDirectory(descriptor: descriptor, path: path(name))
    if !folder.isWritable {
      _ = try? point.perform("fchmod", on: folder.path) { Int(fchmod(descriptor, 0o700)) }
    }
    return folder
  }

  /// Lets us into a folder of ours; a failure shows at the next call.
  private func letIn(_ name: [UInt8]) {
    _ = try? point.perform("fchmodat", on: path(name)) {
      name.withCName { Int(clinux_fchmodat(top.descriptor, $0, 0o700)) }
    }
  }

  private mutating func moveUp(_ name: [UInt8], from child: Self) throws(SyscallError) {
    // Who moves a folder writes to it: to the two dots in it, rename(2).
    guard try child.open(name) != nil else { return }
    while true {
      let newName = ".removed-\(moved)"
      moved += 1
      do throws(SyscallError) {
        try point.perform("renameat2", on: child.path(name)) {
          name.withCName {
            Int(clinux_renameat2(child.top.descriptor, $0, top.descriptor, newName, 0))
          }
        }
        return
      } catch {
        if error.code == ENOENT { return }
        // Another name is taken, by what is not to be replaced.
        guard error.isNotEmpty || error.isNotADirectory else { throw error }
      }
    }
  }

  private func path(_ name: [UInt8]) -> String {
    top.path(of: String(decoding: name, as: UTF8.self))
  }
}
