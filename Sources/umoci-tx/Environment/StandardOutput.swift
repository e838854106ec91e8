internal import Glibc
internal import Store

/// Standard output of this process and of the tools that it runs.
enum StandardOutput {
  /// Lets whatever is printed during `body`, also by tools, go to standard error if so wanted.
  static func redirected<Result>(
    _ isWanted: Bool, _ body: () throws -> Result
  ) throws -> Result {
    guard isWanted else { return try body() }
    let original = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    guard original >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
      throw SyscallError(call: "dup2", path: "standard output", code: errno)
    }
    defer {
      dup2(original, STDOUT_FILENO)
      close(original)
    }
    return try body()
  }
}
