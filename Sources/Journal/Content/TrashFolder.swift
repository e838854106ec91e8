internal import Store

/// What garbage collections have withdrawn: `.ocitx/trash/<operation>/<algorithm>/<hex>`.
struct TrashFolder {
  /// Begins the names of folders that are being deleted.
  static let expiredPrefix = "expired-"

  let control: ControlFolder

  private var folder: OpenDirectory { control.trash }

  /// The operations that have a folder here, sorted by their ids.
  func operations() throws(SyscallError) -> [OperationID] {
    try folder.entryNames().compactMap(OperationID.init)
  }

  /// The folder of an operation's blobs of an algorithm, made when it is missing.
  func makeFolder(
    of operation: OperationID, _ algorithm: String
  ) throws(SyscallError) -> OpenDirectory {
    let policy = control.policy
    return
      try folder
      .openOrCreateDirectory(operation.text, policy: policy, "trash.create-folder")
      .openOrCreateDirectory(algorithm, policy: policy, "trash.create-folder")
  }

  /// Makes the names of an operation's blobs durable.
  func sync(
    _ operation: OperationID, _ durability: Durability
  ) throws(SyscallError) {
    let own = try folder.openDirectory(operation.text)
    for algorithm in try own.entryNames() {
      try durability.sync(own.openDirectory(algorithm), "trash.sync-folder")
    }
    try durability.sync(own, "trash.sync-folder")
    try durability.sync(folder, "trash.sync-folder")
  }

  /// Finds a blob of some size, whatever operation withdrew it.
  ///
  /// - Returns: The folder in which it lies under its encoded digest; nil when there is none.
  func find(_ digest: Digest, size: Int64) throws(SyscallError) -> OpenDirectory? {
    for operation in try operations() {
      let path = operation.text + "/" + BlobStore.relativePath(of: digest)
      guard let status = try folder.status(of: path), status.kind == .regular, status.size == size
      else { continue }
      do throws(SyscallError) {
        return try folder.openDirectory(operation.text).openDirectory(digest.algorithm.name)
      } catch {
        guard error.isNotFound else { throw error }
      }
    }
    return nil
  }

  /// Calls `body` with every blob of an operation.
  func forEachBlob(
    of operation: String, _ body: (Digest, FileStatus) -> Void
  ) throws(SyscallError) {
    do throws(SyscallError) {
      let own = try folder.openDirectory(operation)
      for algorithm in try own.entryNames() {
        let blobs = try own.openDirectory(algorithm)
        for name in try blobs.entryNames() {
          guard let digest = try? Digest(parsing: algorithm + ":" + name),
            let status = try blobs.status(of: name), status.kind == .regular
          else { continue }
          body(digest, status)
        }
      }
    } catch {
      guard error.isNotFound || error.isLinkLoop else { throw error }
    }
  }

  /// Removes the folders of an operation as far as they are empty; best effort.
  func removeIfEmpty(_ operation: OperationID) {
    guard let own = try? folder.openDirectory(operation.text),
      let names = try? own.entryNames()
    else { return }
    for name in names { _ = try? own.removeEmptyDirectory(name, "trash.remove-folder") }
    _ = try? folder.removeEmptyDirectory(operation.text, "trash.remove-folder")
  }

  /// Takes an operation's folder out of the reach of everybody who looks for blobs.
  func expire(_ operation: String) throws(SyscallError) {
    do throws(SyscallError) {
      try folder.rename(
        operation, to: folder, as: Self.expiredPrefix + operation, "trash.expire")
    } catch {
      // Done before, or by hand.
      guard error.isNotFound else { throw error }
    }
  }

  /// Deletes what was expired.
  func deleteExpired() throws(SyscallError) {
    for name in try folder.entryNames() where name.hasPrefix(Self.expiredPrefix) {
      try folder.removeTree(name, "trash.delete")
    }
  }
}
