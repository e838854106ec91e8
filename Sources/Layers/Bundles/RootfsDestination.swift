internal import Glibc
package import Store

/// A root file system without a bundle, as `raw unpack` makes it (umoci-behaviour §9.3).
package enum RootfsDestination {
  /// Fills a root file system.
  ///
  /// A path that is free gets its folder, mode 0755, only when `fill` has returned; until then it
  /// lies hidden beside it, where the next attempt for the same path removes what a killed process
  /// left. A folder that is there already is filled as it is, and keeps what a failure leaves.
  ///
  /// - Parameters:
  ///   - path: Where it is to be; the folder above must be there.
  ///   - isDurable: Whether everything is to be on stable storage when this returns.
  ///   - fill: Fills the open folder.
  /// - Throws: What `fill` throws; ``BundleError``; ``SyscallError``.
  package static func make(
    at path: String, isDurable: Bool = false, _ fill: (OpenDirectory) throws -> Void
  ) throws {
    let split = SplitPath(path)
    let name = split.name
    if let existing = try BundleDestination.open(path) {
      try fill(existing)
      if isDurable { try existing.syncFilesystem("rootfs.sync") }
      return
    }
    let parent = try OpenDirectory.open(split.parent)
    guard try parent.status(of: name) == nil else { throw BundleError.notAFolder(path: path) }
    let stage = try StageFolder(in: parent, named: RuntimeBundle.stageName(beside: name))
    do {
      let folder = try makeHidden(in: stage.folder)
      try fill(folder)
      if isDurable { try folder.syncFilesystem("rootfs.sync") }
      try reveal(stage.folder, in: parent, as: name, path)
      stage.remove()
    } catch {
      stage.remove()
      throw error
    }
    if isDurable { try parent.sync("rootfs.sync-parent") }
  }

  private static func makeHidden(
    in stage: OpenDirectory
  ) throws(SyscallError) -> OpenDirectory {
    let name = RuntimeBundle.rootfsName
    try stage.createDirectory(name, policy: CreationPolicy(), "rootfs.make")
    return try stage.openDirectory(name)
  }

  private static func reveal(
    _ stage: OpenDirectory, in parent: OpenDirectory, as name: String, _ path: String
  ) throws {
    let hidden = RuntimeBundle.rootfsName
    do throws(SyscallError) {
      try stage.renameWithoutReplacing(hidden, to: parent, as: name, "rootfs.reveal")
    } catch  where error.isAlreadyThere {
      throw BundleError.exists(path: path)
    }
  }
}
