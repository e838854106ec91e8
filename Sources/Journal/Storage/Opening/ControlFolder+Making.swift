internal import Store

/// Making the folder, at a layout's first write. Any number of processes may try at once, and any
/// of them may die at any call: the file `format` comes last, and everything before it is repeated.
extension ControlFolder {
  /// Finds the folder of a layout, or makes it.
  ///
  /// - Returns: The folder, complete and durable (full durability).
  static func findOrMake(
    in layout: ImageLayout, durability: Durability, _ invocation: Invocation,
    lockTimeout: LockTimeout
  ) throws(JournalError) -> ControlFolder {
    if let folder = try find(in: layout), folder.isComplete { return folder }
    let directory: OpenDirectory
    do throws(SyscallError) {
      try layout.root.createDirectory(name, policy: layout.policy, "folder.create")
      directory = try layout.root.openDirectory(name)
    } catch {
      throw .system(error)
    }
    let lock = try LockFile(directory: directory, policy: layout.policy).take(lockTimeout)
    defer { lock.release() }
    if let folder = try find(in: layout) {
      return try folder.isComplete ? folder : completed(folder, durability)
    }
    let format = StoreFormat(
      storeID: StoreFormat.makeStoreID(randomBytes: invocation.randomBytes(16)))
    do throws(SyscallError) {
      try fill(directory, format, layout.policy, durability)
      try durability.sync(layout.root, "folder.sync-layout")
    } catch {
      throw .system(error)
    }
    return try ControlFolder(opening: directory, policy: layout.policy)
  }

  private var isComplete: Bool { !isFormatMissing && missingFolders.isEmpty }

  /// Makes the parts of a finished folder that somebody has lost.
  private static func completed(
    _ folder: ControlFolder, _ durability: Durability
  ) throws(JournalError) -> ControlFolder {
    let directory = folder.directory
    do throws(SyscallError) {
      for name in folder.missingFolders {
        try directory.createDirectory(name, policy: folder.policy, "folder.create-part")
      }
      try durability.sync(directory, "folder.sync-parts")
      if folder.isFormatMissing {
        try writeFormat(folder.format, in: directory, folder.policy, durability)
      }
    } catch {
      throw .system(error)
    }
    return try ControlFolder(opening: directory, policy: folder.policy)
  }

  private static func fill(
    _ directory: OpenDirectory, _ format: StoreFormat, _ policy: CreationPolicy,
    _ durability: Durability
  ) throws(SyscallError) {
    for name in Names.folders {
      try directory.createDirectory(name, policy: policy, "folder.create-part")
    }
    try DatabaseFile(in: directory).createIfMissing(policy)
    try writeFormat(format, in: directory, policy, durability)
  }

  /// Replaces the file `format`, atomically and durably.
  static func writeFormat(
    _ format: StoreFormat, in directory: OpenDirectory, _ policy: CreationPolicy,
    _ durability: Durability
  ) throws(SyscallError) {
    let temporary = Names.format + ".new"
    try directory.remove(temporary, "folder.remove-format")
    let file = try directory.createFile(temporary, policy: policy, "folder.create-format")
    try file.write(format.bytes, "folder.write-format")
    try durability.sync(file, "folder.sync-format")
    try durability.sync(directory, "folder.sync-parts")
    try directory.rename(temporary, to: directory, as: Names.format, "folder.publish-format")
    try durability.sync(directory, "folder.sync")
  }
}
