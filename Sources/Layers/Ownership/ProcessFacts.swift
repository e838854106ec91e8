internal import CLinux
internal import Glibc
internal import Store

/// What decides which metadata a new file gets from the kernel, and what this process may do.
struct ProcessFacts: Equatable, Sendable {
  var userID: UInt32
  var groupID: UInt32
  /// The file mode creation mask; all ones when it is unknown.
  var umask: UInt16
  /// Whether the process runs in a user namespace other than the initial one.
  var isInUserNamespace: Bool

  /// Whether permission bits do not stop this process, CAP_DAC_OVERRIDE.
  var isPrivileged: Bool { userID == 0 }

  /// The facts of this process.
  static func current() -> ProcessFacts {
    let identity = "0 0 4294967295"
    let words = read("/proc/self/uid_map").split(whereSeparator: \.isWhitespace)
    return ProcessFacts(
      userID: geteuid(), groupID: getegid(), umask: currentMask(),
      isInUserNamespace: !words.isEmpty && words.joined(separator: " ") != identity)
  }

  // umask(2) can only be asked by setting it, which other threads would notice.
  private static func currentMask() -> UInt16 {
    for line in read("/proc/self/status").split(separator: "\n") where line.hasPrefix("Umask:") {
      return UInt16(line.dropFirst(6).filter { $0.isNumber }, radix: 8) ?? 0o777
    }
    return 0o777
  }

  private static func read(_ path: String) -> String {
    let descriptor = clinux_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return "" }
    let file = OpenFile(descriptor: descriptor, path: path)
    guard let bytes = try? file.readToEnd(limit: 1 << 16) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
