internal import Store

/// What garbage collections have moved to the trash: `.ocitx/trash/<operation>/<algorithm>/<hex>`.
struct TrashFolder {
  /// Begins the names of folders that are being deleted.
  static let expiredPrefix = "expired-"

  let control: ControlFolder

  private var folder: OpenDirectory { control.trash }

  /// The names here, sorted; what is being deleted is left out.
  ///
  /// Those that belong to no operation were put here by somebody else.
  func names() throws(SyscallError) -> [String] {
    try folder.entryNames().filter { !$0.hasPrefix(Self.expiredPrefix) }
  }

  /// The operations that have a folder here, sorted by their ids.
  func operations() throws(SyscallError) -> [OperationID] {
    try names().compactMap(OperationID.init)
  }

  /// What an operation moved here; nil when there is no such folder.
  func open(_ name: String) throws(SyscallError) -> OpenDirectory? {
    try folder.openIfThere(name)
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

  /// Calls `body` with every blob of an operation, in no particular order.
  func forEachBlob(
    of operation: String, _ body: (Digest, FileStatus) -> Void
  ) throws(SyscallError) {
    guard let own = try open(operation) else { return }
    for algorithm in try own.entryNames() {
      guard let blobs = try own.openIfThere(algorithm) else { continue }
      var names: [String] = []
      try blobs.forEachEntry { names.append($0) }
      for name in names {
        guard let digest = try? Digest(parsing: algorithm + ":" + name),
          let status = try blobs.status(of: name), status.kind == .regular
        else { continue }
        body(digest, status)
      }
    }
  }

  /// Removes the folders of an operation as far as they are empty; best effort.
  func removeIfEmpty(_ operation: OperationID) {
    guard let own = try? open(operation.text), let names = try? own.entryNames() else { return }
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

  /// Deletes what was expired, all of it that can be deleted.
  func deleteExpired() throws(SyscallError) {
    var failure: SyscallError?
    for name in try folder.entryNames() where name.hasPrefix(Self.expiredPrefix) {
      do throws(SyscallError) { try folder.removeTree(name, "trash.delete") } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }
}
