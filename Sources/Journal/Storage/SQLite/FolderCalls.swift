internal import CSQLite
internal import Glibc

/// The system calls with which SQLite reaches files by their paths, made to understand the addresses of
/// ``DatabaseFile``; sqlite.org/c3ref/vfs.html, `xSetSystemCall`.
///
/// They hold for this process, and are the usual ones for all other paths.
enum FolderCalls {
  /// Gives them to a VFS of SQLite's.
  static func install(in vfs: UnsafeMutablePointer<sqlite3_vfs>) {
    let open: @convention(c) (UnsafePointer<CChar>?, Int32, Int32) -> Int32 = { path, flags, mode in
      FolderCalls.on(path) { openat($0, $1, flags, mode_t(truncatingIfNeeded: mode)) }
    }
    let access: @convention(c) (UnsafePointer<CChar>?, Int32) -> Int32 = { path, mode in
      FolderCalls.on(path) { faccessat($0, $1, mode, 0) }
    }
    let status: @convention(c) (UnsafePointer<CChar>?, UnsafeMutablePointer<stat>?) -> Int32 = {
      path, status in
      guard let status else { return -1 }
      return FolderCalls.on(path) { fstatat($0, $1, status, 0) }
    }
    let unlink: @convention(c) (UnsafePointer<CChar>?) -> Int32 = { path in
      FolderCalls.on(path) { unlinkat($0, $1, 0) }
    }
    set("open", to: unsafeBitCast(open, to: sqlite3_syscall_ptr.self), in: vfs)
    set("access", to: unsafeBitCast(access, to: sqlite3_syscall_ptr.self), in: vfs)
    set("stat", to: unsafeBitCast(status, to: sqlite3_syscall_ptr.self), in: vfs)
    set("unlink", to: unsafeBitCast(unlink, to: sqlite3_syscall_ptr.self), in: vfs)
  }

  private static func set(
    _ name: String, to call: @escaping sqlite3_syscall_ptr,
    in vfs: UnsafeMutablePointer<sqlite3_vfs>
  ) {
    _ = vfs.pointee.xSetSystemCall(vfs, name, call)
  }

  /// Calls `body` with the folder and the name that a path means.
  static func on(
    _ path: UnsafePointer<CChar>?, _ body: (Int32, UnsafePointer<CChar>) -> Int32
  ) -> Int32 {
    guard let path else {
      errno = EFAULT
      return -1
    }
    guard isAddress(path) else { return body(AT_FDCWD, path) }
    var rest = path + 2
    var folder: Int32 = 0
    while let digit = digit(rest.pointee) {
      folder = folder &* 10 &+ digit
      rest += 1
    }
    // The folder itself, which SQLite opens to sync it.
    return rest.pointee == 0 ? body(folder, ".") : body(folder, rest + 1)
  }

  /// Whether a path is the address of a ``DatabaseFile``.
  static func isAddress(_ path: UnsafePointer<CChar>) -> Bool {
    path[0] == 0x2f && path[1] == 0x2f && digit(path[2]) != nil
  }

  private static func digit(_ character: CChar) -> Int32? {
    (0x30...0x39).contains(character) ? Int32(character) - 0x30 : nil
  }
}
