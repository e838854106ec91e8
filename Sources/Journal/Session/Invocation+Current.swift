internal import Glibc
internal import Store

extension Invocation {
  /// The invocation of this process, as it is now: its user, host, folder and arguments, the system's clock
  /// (UTC) and its random bytes.
  ///
  /// Reads passwd(5), machine-id(5) and the variable `SUDO_USER`; changes nothing. What cannot be found out is
  /// empty, `?` or nil.
  public static var current: Invocation {
    let userID = getuid()
    return Invocation(
      arguments: ProgramArguments.all, workingDirectory: workingDirectory(),
      userID: userID, userName: PasswordFile.userName(of: userID), sudoUser: sudoUser(),
      hostName: hostName(), machineID: machineID(),
      processID: getpid(), programVersion: ProgramVersion.number, message: nil,
      now: { wallClock() },
      randomBytes: { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      })
  }

  /// Who called sudo(8); an empty variable counts as not set.
  private static func sudoUser() -> String? {
    guard let value = getenv("SUDO_USER"), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  private static func wallClock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      secondsSinceEpoch: Int64(time.tv_sec), nanoseconds: Int32(truncatingIfNeeded: time.tv_nsec))
  }

  /// The current folder, or `?` when it has been removed.
  private static func workingDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "?" }
    defer { free(path) }
    return String(cString: path)
  }

  /// The digest of machine-id(5), which is not to be shown to everybody; where there is none, as in most
  /// containers, of the kernel's boot id.
  private static func machineID() -> String {
    let paths = ["/etc/machine-id", "/proc/sys/kernel/random/boot_id"]
    for path in paths {
      let file = try? OpenDirectory.open("/").openFile(path, followingLinks: true)
      let bytes = (try? file?.readToEnd(limit: 256)) ?? nil
      let id = (bytes ?? []).filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "-") }
      guard id.count == 32 else { continue }
      return String(Digest.sha256(of: Array("umoci-tx".utf8) + id).encoded.prefix(32))
    }
    return ""
  }

  private static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "?" }
    return buffer.withUnsafeBufferPointer { text in
      String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
