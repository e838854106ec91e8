internal import Store

/// Files of our folder that a copy of hard links (`cp -al`, `rsync --link-dest`) shares with its
/// original.
///
/// What is written in place or locked would be written and locked in both: such a file is made anew
/// first. Everything else appears by rename, and may stay linked.
struct HardLinkedFiles {
  private static let suffix = ".unshared"
  private static let chunk = 1 << 18

  let directory: OpenDirectory
  let policy: CreationPolicy

  /// Gives the database and its rollback journal files of their own; the writer lock must be held.
  ///
  /// The journal comes first: it fits to either file of the database, whose bytes are the same.
  /// Killed in between, it is repeated.
  func unshareDatabase(_ durability: Durability) throws(SyscallError) {
    var names: [String] = []
    var isShared = false
    let database = DatabaseFile(in: directory)
    for name in [database.rollbackJournal.name, database.name] {
      guard let status = try directory.status(of: name), status.kind == .regular else { continue }
      names.append(name)
      isShared = isShared || status.linkCount > 1
    }
    guard isShared else { return }
    for name in names { try copy(name, durability) }
    for name in names {
      try directory.rename(name + Self.suffix, to: directory, as: name, "folder.unshare")
    }
    try durability.sync(directory, "folder.sync-unshared")
  }

  /// Puts a lock file of this folder's own in the place of one that has more names.
  ///
  /// The old one must be held, and is of no more use then.
  func unshareLock() throws(SyscallError) {
    let name = ControlFolder.Names.lock
    try directory.remove(name + Self.suffix, "lock.remove-unshared")
    _ = try directory.createFile(name + Self.suffix, policy: policy, "lock.create-unshared")
    try directory.rename(name + Self.suffix, to: directory, as: name, "lock.unshare")
  }

  private func copy(_ name: String, _ durability: Durability) throws(SyscallError) {
    let source = try directory.openFile(name)
    try directory.remove(name + Self.suffix, "folder.remove-unshared")
    let target = try directory.createFile(
      name + Self.suffix, policy: policy, "folder.create-unshared")
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = try source.read(into: buffer)
      if count == 0 { break }
      try target.write(Array(buffer[..<count]), "folder.write-unshared")
    }
    try durability.sync(target, "folder.sync-unshared-file")
  }
}
