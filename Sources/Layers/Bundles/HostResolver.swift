internal import CLinux
internal import Glibc
internal import Store

/// The host's list of name servers, which rootless containers share.
public struct HostResolver: Equatable, Sendable {
  /// Where the list is, on the host and in containers.
  public static let path = "/etc/resolv.conf"

  /// The options that the file's mount has and that an unprivileged bind mount must keep, sorted;
  /// without `ro`, which is always asked for.
  public let lockedOptions: [String]

  /// Names the options that must be kept.
  public init(lockedOptions: [String]) {
    self.lockedOptions = lockedOptions
  }

  /// Looks at this host.
  ///
  /// - Returns: Nil when it has no such file.
  public static func ofThisHost() -> HostResolver? {
    let descriptor = clinux_open(path, clinux_O_PATH | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
    let file = OpenFile(descriptor: descriptor, path: path)
    let flags = clinux_filesystem_flags(file.descriptor)
    // The bits of statfs(2). A container that asks for no way of keeping access times gets that of the
    // mount: relatime, which is everybody's, need not be asked for.
    let names: [(Int64, String)] = [
      (1024, "noatime"), (4, "nodev"), (2048, "nodiratime"), (8, "noexec"), (2, "nosuid"),
    ]
    return HostResolver(lockedOptions: names.filter { flags & $0.0 != 0 }.map(\.1))
  }
}
