internal import CLinux
internal import Glibc
internal import Store

/// A hidden folder that belongs to one living process: it holds the folder's lock.
final class StageFolder {
  let name: String
  let folder: OpenDirectory
  private let parent: OpenDirectory
  private let lock: FileLock

  /// Makes the folder, mode 0700, or takes over and empties the one that a dead process left.
  ///
  /// - Parameters:
  ///   - parent: The folder to make it in.
  ///   - name: Its name.
  ///   - inherit: Looks at what a dead process left, before it is removed.
  /// - Throws: ``BundleError/busy(path:)`` when its process lives; ``SyscallError``.
  init(
    in parent: OpenDirectory, named name: String,
    inherit: (OpenDirectory) throws(SyscallError) -> Void = { _ in }
  ) throws {
    let path = parent.path(of: name)
    while true {
      let isNew = try Self.make(name, in: parent)
      guard let file = try Self.open(name, in: parent) else { continue }
      guard let lock = try FileLock.tryAcquire(file) else { throw BundleError.busy(path: path) }
      let locked = try lock.status()
      // Between making and locking another process may have taken it for a dead one's.
      guard let named = try parent.status(of: name), named.inode == locked.inode else { continue }
      self.name = name
      self.parent = parent
      self.lock = lock
      folder = try parent.openDirectory(name)
      guard !isNew else { return }
      try inherit(folder)
      try folder.removeContents("bundle.remove")
      try RuntimeBundle.makePrivate(folder)
      return
    }
  }

  private static func make(
    _ name: String, in parent: OpenDirectory
  ) throws(SyscallError) -> Bool {
    let point: FailPoint = "bundle.make-stage"
    do throws(SyscallError) {
      try point.perform("mkdirat", on: parent.path(of: name)) {
        name.withPath { Int(mkdirat(parent.descriptor, $0, 0o700)) }
      }
      return true
    } catch  where error.isAlreadyThere {
      return false
    }
  }

  private static func open(
    _ name: String, in parent: OpenDirectory
  ) throws(SyscallError) -> OpenFile? {
    do throws(SyscallError) {
      return try parent.openFile(name)
    } catch  where error.code == ENOENT {
      return nil
    }
  }

  /// Removes the folder and all that is in it, as far as that is possible.
  func remove() {
    try? folder.removeContents("bundle.remove")
    _ = try? parent.removeEmptyDirectory(name, "bundle.remove-stage")
  }
}
