internal import Glibc

/// The sibling folder in which a new layout is put together, locked while its maker lives.
struct LayoutStage: ~Copyable {
  private static let infix = ".umoci-tx-init-"
  private static let suffixLength = 16
  private static let attempts = 16

  private let target: NewLayoutPath
  private let parent: OpenDirectory
  private let name: String
  private let lock: FileLock

  /// Removes what dead makers left for the same name, then makes and locks a new folder.
  static func make(
    for target: NewLayoutPath, in parent: OpenDirectory, _ randomBytes: (Int) -> [UInt8]
  ) throws(LayoutError) -> LayoutStage {
    let prefix = Self.prefix(for: target.name)
    do throws(SyscallError) {
      try removeAbandoned(prefix, in: parent)
      for _ in 0..<attempts {
        let name = prefix + suffix(randomBytes(suffixLength / 2))
        guard try parent.createDirectory(name, policy: CreationPolicy(), "init.create-stage")
        else { continue }
        if let lock = try acquire(new: name, in: parent) {
          return LayoutStage(target: target, parent: parent, name: name, lock: lock)
        }
      }
      throw SyscallError(call: "mkdirat", path: parent.path(of: prefix), code: EEXIST)
    } catch {
      throw .system(error)
    }
  }

  /// Writes the standard files and folders; their names in the layout's own folder are not synced.
  ///
  /// - Returns: The layout, opened where it is staged.
  func fill(_ durability: Durability) throws -> ImageLayout {
    let root = try parent.openDirectory(name)
    let policy = CreationPolicy(following: try root.status())
    try root.createDirectory(LayoutPaths.blobs, policy: policy, "init.create-folder")
    let blobs = try root.openDirectory(LayoutPaths.blobs)
    try blobs.createDirectory(
      DigestAlgorithm.sha256.name, policy: policy, "init.create-folder")
    try durability.sync(blobs, "init.sync-folder")
    try Self.write(
      ImageIndex.empty.serialized(), LayoutPaths.index, root, policy, durability)
    try Self.write(LayoutPaths.markerContent, LayoutPaths.marker, root, policy, durability)
    return try ImageLayout.open(parent.path(of: name))
  }

  /// Gives the folder its final name, unless something has it.
  func reveal() throws(LayoutError) {
    do throws(SyscallError) {
      try parent.renameWithoutReplacing(name, to: parent, as: target.name, "init.reveal")
    } catch {
      throw error.isAlreadyThere ? .exists(path: target.path) : .system(error)
    }
  }

  /// Takes the layout's name away again when it could not be made durable.
  func conceal() throws(SyscallError) {
    try parent.renameWithoutReplacing(target.name, to: parent, as: name, "init.conceal")
  }

  /// Removes the folder after another error.
  ///
  /// Best effort: the next creation removes what is left.
  func discard() {
    try? parent.removeTree(name, "init.discard")
  }

  private static func write(
    _ bytes: [UInt8], _ name: String, _ root: OpenDirectory, _ policy: CreationPolicy,
    _ durability: Durability
  ) throws(SyscallError) {
    let file = try root.createFile(name, policy: policy, "init.create-file")
    try file.write(bytes, "init.write-file")
    try durability.sync(file, "init.sync-file")
  }
}

extension LayoutStage {
  /// What the names of all stages for a layout's name begin with; NAME_MAX is 255 bytes.
  private static func prefix(for name: String) -> String {
    var name = Substring(name)
    while name.utf8.count > 255 - 1 - infix.utf8.count - suffixLength { name.removeLast() }
    return "." + name + infix
  }

  private static func acquire(
    new name: String, in parent: OpenDirectory
  ) throws(SyscallError) -> FileLock? {
    do throws(SyscallError) {
      return try acquire(name, in: parent)
    } catch {
      _ = try? parent.removeEmptyDirectory(name, "init.discard")
      throw error
    }
  }

  /// Locks a stage.
  ///
  /// Between making and locking it, or between looking and locking, somebody else may have removed
  /// it: only a locked folder that still has its name is ours.
  private static func acquire(
    _ name: String, in parent: OpenDirectory
  ) throws(SyscallError) -> FileLock? {
    do throws(SyscallError) {
      guard let lock = try FileLock.tryAcquire(try parent.openFile(name)) else { return nil }
      let locked = try lock.status()
      guard let named = try parent.status(of: name), named.kind == .directory,
        named.inode == locked.inode, named.device == locked.device
      else { return nil }
      return lock
    } catch {
      if error.isNotFound || error.isLinkLoop { return nil }
      throw error
    }
  }

  /// Removes the stages of dead makers, as far as they are this user's.
  ///
  /// Best effort.
  private static func removeAbandoned(_ prefix: String, in parent: OpenDirectory)
    throws(SyscallError)
  {
    var names: [String] = []
    try parent.forEachEntry { name in
      if name.hasPrefix(prefix), isSuffix(name.dropFirst(prefix.count)) { names.append(name) }
    }
    for name in names {
      guard let status = try parent.status(of: name), status.isOwnFolder else { continue }
      guard let lock = try? acquire(name, in: parent) else { continue }
      try? parent.removeTree(name, "init.remove-abandoned")
      lock.release()
    }
  }

  private static func suffix(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func isSuffix(_ text: Substring) -> Bool {
    text.utf8.count == suffixLength
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
      }
  }
}

extension FileStatus {
  /// Whether this is a folder of the user whom this process acts for.
  fileprivate var isOwnFolder: Bool { kind == .directory && userID == geteuid() }
}
