internal import CLinux
internal import Glibc

/// An open folder: every path in the store is a name in one of these.
///
/// Shared, since many values work beneath the same folder; the descriptor is closed with the last
/// of them. `path` is only what messages show: the folder stays the same one when it is renamed.
public final class OpenDirectory: Sendable {
  /// The path the folder was opened by, for messages.
  public let path: String
  package let descriptor: Int32

  package init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// A folder that is not there: there is nothing in it, and nothing can be made in it.
  package static func absent(_ path: String) -> OpenDirectory {
    OpenDirectory(descriptor: -1, path: path)
  }

  /// Whether this stands for a folder that is not there.
  package var isAbsent: Bool { descriptor < 0 }

  /// Opens the folder at a path, following symbolic links.
  public static func open(_ path: String) throws(SyscallError) -> OpenDirectory {
    let descriptor = path.withPath { clinux_open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .last("open", path) }
    return OpenDirectory(descriptor: descriptor, path: path)
  }

  /// The path of a name in this folder, for messages.
  public func path(of name: String) -> String {
    path.hasSuffix("/") ? path + name : path + "/" + name
  }

  /// Opens a folder in this one.
  ///
  /// A symbolic link is refused with `ELOOP` or `ENOTDIR`, unless links are to be followed.
  public func openDirectory(
    _ name: String, followingLinks: Bool = false
  ) throws(SyscallError) -> OpenDirectory {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followingLinks ? 0 : clinux_O_NOFOLLOW)
    return OpenDirectory(
      descriptor: try openAny(name, flags), path: path(of: name))
  }

  /// Opens a file in this folder for reading.
  ///
  /// Opening never blocks, also not on a fifo that somebody else put there; callers check the kind.
  public func openFile(
    _ name: String, followingLinks: Bool = false
  ) throws(SyscallError) -> OpenFile {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : clinux_O_NOFOLLOW)
    return OpenFile(descriptor: try openAny(name, flags), path: path(of: name))
  }

  /// Opens a file whose lock is to be taken, for writing where that is allowed: a network file system gives
  /// an exclusive lock to nobody else.
  public func openFileForLocking(_ name: String) throws(SyscallError) -> OpenFile {
    let flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | clinux_O_NOFOLLOW
    do throws(SyscallError) {
      return OpenFile(descriptor: try openAny(name, flags), path: path(of: name))
    } catch {
      // A folder, or a file that may only be read.
      if error.isNotFound || error.isLinkLoop { throw error }
      return try openFile(name)
    }
  }

  /// Opens a regular file for reading, through symbolic links wherever they lead.
  ///
  /// Anything else is not even opened: opening a device may do something, and a fifo may have a
  /// writer who waits for a reader.
  ///
  /// - Returns: Nil when there is something else.
  public func openRegularFile(_ name: String) throws(SyscallError) -> OpenFile? {
    guard let status = try status(of: name, followingLinks: true) else {
      throw SyscallError(call: "openat", path: path(of: name), code: ENOENT)
    }
    guard status.kind == .regular else { return nil }
    let file = try openFile(name, followingLinks: true)
    guard try file.status().kind == .regular else { return nil }
    return file
  }

  /// Reads a regular file to its end, not through a symbolic link.
  ///
  /// Anything else is not even opened.
  ///
  /// - Returns: Nil when there is something else, or more than `limit` bytes.
  /// - Throws: `ENOENT` when there is nothing.
  package func readRegularFile(
    _ name: String, limit: Int
  ) throws(SyscallError) -> [UInt8]? {
    if let status = try status(of: name), status.kind != .regular { return nil }
    let file = try openFile(name)
    guard try file.status().kind == .regular else { return nil }
    return try file.readToEnd(limit: limit)
  }

  /// Where a symbolic link leads, as it is written in it.
  public func linkTarget(of name: String) throws(SyscallError) -> String {
    let capacity = Int(PATH_MAX)
    let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
    defer { buffer.deallocate() }
    let count = name.withPath { readlinkat(descriptor, $0, buffer, capacity) }
    guard count >= 0 else { throw .last("readlinkat", path(of: name)) }
    return String(pathBytes: Array(UnsafeRawBufferPointer(start: buffer, count: count)))
  }

  /// The status of a name, not following a symbolic link unless asked to; nil when there is no such
  /// name.
  public func status(
    of name: String, followingLinks: Bool = false
  ) throws(SyscallError) -> FileStatus? {
    if isAbsent { return nil }
    var status = stat()
    let flags = followingLinks ? 0 : AT_SYMLINK_NOFOLLOW
    if name.withPath({ fstatat(descriptor, $0, &status, flags) }) == 0 { return FileStatus(status) }
    guard errno == ENOENT || errno == ENOTDIR else { throw .last("fstatat", path(of: name)) }
    return nil
  }

  /// The status of the folder itself.
  public func status() throws(SyscallError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last("fstat", path) }
    return FileStatus(status)
  }

  /// Whether this process may create names in the folder.
  public var isWritable: Bool {
    faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0
  }

  /// The names in the folder but for the two dots, sorted by their bytes.
  ///
  /// Reads the whole folder. Names that are not UTF-8 come back with replacement characters: good for messages only.
  public func entryNames() throws(SyscallError) -> [String] {
    var names: [String] = []
    try forEachEntry { names.append($0) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Calls `body` with each name in the folder in no particular order, holding one at a time.
  public func forEachEntry(_ body: (String) -> Void) throws(SyscallError) {
    try forEachRawEntry { body(String(decoding: $0, as: UTF8.self)) }
  }

  /// The names in the folder as they are, but for the two dots, in no particular order.
  ///
  /// Empty for a folder that is being removed.
  package func rawEntryNames() throws(SyscallError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    do throws(SyscallError) { try forEachRawEntry { names.append($0) } } catch {
      guard error.code == ENOENT else { throw error }
    }
    return names
  }

  private func forEachRawEntry(_ body: ([UInt8]) -> Void) throws(SyscallError) {
    if isAbsent { return }
    let copy = clinux_openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard copy >= 0, let stream = fdopendir(copy) else { throw .last("opendir", path) }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw .last("readdir", path) }
        return
      }
      if !entry.isDots { body(entry.rawName) }
    }
  }

  private func openAny(_ name: String, _ flags: Int32) throws(SyscallError) -> Int32 {
    guard !isAbsent else {
      throw SyscallError(call: "openat", path: path(of: name), code: ENOENT)
    }
    while true {
      let opened = name.withPath { clinux_openat(descriptor, $0, flags, 0) }
      if opened >= 0 { return opened }
      if errno != EINTR { throw .last("openat", path(of: name)) }
    }
  }
}

extension OpenDirectory {
  /// The folder's path with every symbolic link resolved, as it is now.
  ///
  /// For other programs, and for what is remembered. As proc(5) tells it, or, where that does not help
  /// because it is not mounted or the path is longer than `PATH_MAX`, found out folder by folder.
  package func resolvedPath() throws(SyscallError) -> String {
    let link = "/proc/self/fd/\(descriptor)"
    let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(PATH_MAX))
    defer { buffer.deallocate() }
    let count = readlink(link, buffer, Int(PATH_MAX))
    guard count > 0 else { return try climbedPath() }
    return String(pathBytes: Array(UnsafeRawBufferPointer(start: buffer, count: count)))
  }

  private func climbedPath() throws(SyscallError) -> String {
    var names: [[UInt8]] = []
    var folder = self
    while true {
      let own = try folder.status()
      let above = try folder.openDirectory("..")
      if try above.status().isSameFile(as: own) { break }
      names.append(try above.name(of: own))
      folder = above
    }
    let path = names.reversed().joined(separator: [UInt8(ascii: "/")])
    return "/" + String(pathBytes: Array(path))
  }

  /// The name that a folder has in this one.
  private func name(of folder: FileStatus) throws(SyscallError) -> [UInt8] {
    for name in try rawEntryNames() {
      var status = stat()
      let result = name.withCName { fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
      if result == 0, FileStatus(status).isSameFile(as: folder) { return name }
    }
    throw SyscallError(call: "getcwd", path: path, code: ENOENT)
  }
}
