internal import Glibc

/// An exclusive flock(2) on an open file, held until ``release()`` or until the file is closed.
///
/// Such a lock belongs to the open file, not to the process: the kernel drops it at the very
/// moment the last descriptor closes, by whatever death. It is advisory.
public struct FileLock: ~Copyable {
  private let file: OpenFile

  private init(holding file: consuming OpenFile) {
    self.file = file
  }

  /// Takes the lock if nobody holds it.
  ///
  /// - Returns: The lock, or nil when it is held elsewhere.
  /// - Throws: ``SyscallError`` when the file system gives no locks.
  public static func tryAcquire(_ file: consuming OpenFile) throws(SyscallError) -> FileLock? {
    try attempt(file, LOCK_EX | LOCK_NB) ? FileLock(holding: file) : nil
  }

  /// Waits for the lock, for as long as it takes.
  ///
  /// - Throws: ``SyscallError`` when the file system gives no locks.
  public static func acquire(_ file: consuming OpenFile) throws(SyscallError) -> FileLock {
    _ = try attempt(file, LOCK_EX)
    return FileLock(holding: file)
  }

  /// Whether somebody else holds the lock of a file.
  ///
  /// The answer may be old when it arrives.
  public static func isHeld(_ file: borrowing OpenFile) throws(SyscallError) -> Bool {
    guard try attempt(file, LOCK_SH | LOCK_NB) else { return true }
    _ = try attempt(file, LOCK_UN)
    return false
  }

  /// The status of the locked file itself, wherever its name went.
  public func status() throws(SyscallError) -> FileStatus { try file.status() }

  /// The descriptor that holds the lock: whoever inherits it holds it too.
  package var descriptor: Int32 { file.descriptor }

  /// Gives the lock up.
  public consuming func release() {}

  private static func attempt(
    _ file: borrowing OpenFile, _ operation: Int32
  ) throws(SyscallError) -> Bool {
    while flock(file.descriptor, operation) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return false }
      throw .last("flock", file.path)
    }
    return true
  }
}
