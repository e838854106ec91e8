internal import CLinux
internal import Glibc
package import Store

extension ScannedFolder {
  /// Opens the root of a walk, following a symbolic link that the caller may have named.
  static func open(root path: String, isRootless: Bool) throws -> ScannedFolder {
    let name = [UInt8(ascii: ".")]
    let descriptor = path.withPath { clinux_open($0, clinux_O_PATH | O_DIRECTORY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw SyscallError.last("open", path) }
    return try open(OpenDirectory(descriptor: descriptor, path: path), as: name, isRootless)
  }

  /// Pins a folder whose own content and attributes are not asked for, which needs no permission to
  /// read it.
  static func pin(_ path: String, isRootless: Bool) throws -> ScannedFolder {
    let descriptor = path.withPath { clinux_open($0, clinux_O_PATH | O_DIRECTORY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw SyscallError.last("open", path) }
    let handle = OpenDirectory(descriptor: descriptor, path: path)
    return ScannedFolder(
      name: [UInt8(ascii: ".")], handle: handle, status: try handle.status(),
      isRootless: isRootless)
  }

  /// Opens a folder in this one.
  func openFolder(_ name: [UInt8]) throws -> ScannedFolder {
    // A folder that keeps its owner out can be pinned, but not be read yet.
    let access = isRootless ? clinux_O_PATH : O_RDONLY
    let flags = access | O_DIRECTORY | O_CLOEXEC | clinux_O_NOFOLLOW
    let descriptor = name.withCName { clinux_openat(handle.descriptor, $0, flags, 0) }
    guard descriptor >= 0 else {
      guard errno != ENOENT, errno != ENOTDIR, errno != ELOOP else { throw changed(name) }
      throw SyscallError.last("openat", displayPath(of: name))
    }
    let opened = OpenDirectory(descriptor: descriptor, path: displayPath(of: name))
    guard isRootless else {
      let status = try opened.status()
      return ScannedFolder(name: name, handle: opened, status: status, isRootless: false)
    }
    return try Self.open(opened, as: name, true)
  }

  private static func open(
    _ pin: OpenDirectory, as name: [UInt8], _ isRootless: Bool
  ) throws -> ScannedFolder {
    let status = try pin.status()
    let isBorrowing = isRootless && status.permissions & 0o500 != 0o500 && geteuid() != 0
    if isBorrowing {
      try change(pin.descriptor, pin.path, to: status.permissions | 0o700)
    }
    let descriptor = clinux_openat(pin.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SyscallError.last("openat", pin.path) }
    let handle = OpenDirectory(descriptor: descriptor, path: pin.path)
    return ScannedFolder(
      name: name, handle: handle, status: status, isRootless: isRootless,
      ownPermissions: isBorrowing ? status.permissions : nil)
  }

  /// Opens the folder above this one again, which was closed to save descriptors.
  func openParent(_ identity: Identity) throws -> ScannedFolder {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let descriptor = clinux_openat(handle.descriptor, "..", flags, 0)
    guard descriptor >= 0 else { throw SyscallError.last("openat", identity.displayPath) }
    let parent = OpenDirectory(descriptor: descriptor, path: identity.displayPath)
    let folder = ScannedFolder(
      name: [], handle: parent, status: try parent.status(), isRootless: isRootless)
    // Were this folder moved elsewhere meanwhile, the one above it would be another one.
    guard folder.identity == identity else {
      throw WalkError(path: identity.displayPath)
    }
    return folder
  }

  /// Whether the folder has permissions for the moment that are not its own.
  var hasBorrowedPermissions: Bool { ownPermissions != nil }

  /// Gives back the folder's own permissions, if some were borrowed.
  ///
  /// A failure is not reported: it happens after the walk, or after another error.
  func restorePermissions() {
    guard let own = ownPermissions else { return }
    ownPermissions = nil
    try? Self.change(handle.descriptor, displayPath, to: own)
  }

  /// Changes the permissions of what a descriptor has pinned, for which fchmod(2) is not allowed.
  private static func change(
    _ descriptor: Int32, _ path: String, to permissions: UInt32
  ) throws(SyscallError) {
    let point: FailPoint = "scan.borrow-permissions"
    try point.perform("chmod", on: path) { Int(chmod("/proc/self/fd/\(descriptor)", permissions)) }
  }
}

// MARK: - Files

extension ScannedFolder {
  /// Opens a regular file of this folder for reading.
  ///
  /// - Throws: ``WalkError`` when it is not the file any more that the
  ///   walk met; ``SyscallError``.
  package func openFile(_ file: ScannedFile) throws -> OpenFile {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | clinux_O_NOFOLLOW
    var descriptor = file.name.withCName { clinux_openat(handle.descriptor, $0, flags, 0) }
    if descriptor < 0, errno == EACCES, isRootless { descriptor = try openUnreadable(file) }
    guard descriptor >= 0 else {
      guard errno != ENOENT, errno != ELOOP else { throw changed(file.name) }
      throw SyscallError.last("openat", displayPath(of: file.name))
    }
    let opened = OpenFile(descriptor: descriptor, path: displayPath(of: file.name))
    let status = try opened.status()
    guard status.inode == file.status.inode, status.device == file.status.device else {
      throw changed(file.name)
    }
    return opened
  }

  /// Opens a file that keeps its own owner out, which gets its permissions back at once.
  private func openUnreadable(_ file: ScannedFile) throws -> Int32 {
    let path = displayPath(of: file.name)
    let flags = clinux_O_PATH | O_CLOEXEC | clinux_O_NOFOLLOW
    let pin = file.name.withCName { clinux_openat(handle.descriptor, $0, flags, 0) }
    guard pin >= 0 else { throw SyscallError.last("openat", path) }
    let pinned = OpenFile(descriptor: pin, path: path)
    let status = try pinned.status()
    guard status.kind == .regular else { throw changed(file.name) }
    try Self.change(pin, path, to: status.permissions | 0o400)
    let descriptor = clinux_open("/proc/self/fd/\(pin)", O_RDONLY | O_CLOEXEC, 0)
    let code = errno
    try Self.change(pin, path, to: status.permissions)
    errno = code
    return descriptor
  }

  /// The target of a symbolic link of this folder.
  package func linkTarget(_ file: ScannedFile) throws -> [UInt8] {
    var capacity = 256
    while true {
      var count = 0
      let target = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, used in
        count = file.name.withCName { name in
          buffer.baseAddress.map { readlinkat(handle.descriptor, name, $0, buffer.count) } ?? -1
        }
        used = max(count, 0)
      }
      guard count >= 0 else {
        guard errno != ENOENT, errno != EINVAL else { throw changed(file.name) }
        throw SyscallError.last("readlinkat", displayPath(of: file.name))
      }
      if count < capacity { return target }
      capacity *= 2
    }
  }

  /// The extended attributes of the folder itself, by the rule of mtree files.
  package func ownAttributes() -> [ExtendedAttribute] {
    ExtendedAttribute.listedInMtree(of: handle.descriptor)
  }
}
