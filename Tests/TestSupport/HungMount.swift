internal import Glibc

/// A FUSE file system that shows a folder of its own, and whose server can be stopped: whoever touches it hangs then.
public final class HungMount: Sendable {
  /// Whether this process may mount such file systems, and has the program for it.
  public static let isPossible: Bool = {
    guard let folder = try? TemporaryDirectory() else { return false }
    return (try? HungMount(at: folder("mount"), showing: folder("shown"))) != nil
  }()

  /// Where it is mounted.
  public let path: String
  private let server: pid_t

  /// Mounts it.
  ///
  /// - Parameters:
  ///   - path: Where; made when it is missing.
  ///   - shown: The folder that it shows; made when it is missing.
  public init(at path: String, showing shown: String) throws {
    self.path = path
    try Files.makeDirectory(path)
    try Files.makeDirectory(shown)
    let script = #"""
      bindfs -f "$1" "$2" </dev/null >/dev/null 2>&1 & server=$!
      until mountpoint -q "$2"; do kill -0 $server; done; echo $server
      """#
    let outcome = try ExternalCommand.run(["bash", "-ec", script, "bash", shown, path])
    guard outcome.status == 0, let number = pid_t(outcome.standardOutput.dropLast()) else {
      throw TestFailure("bindfs: \(outcome)")
    }
    server = number
  }

  deinit {
    // Ends whatever waits for it, and then its server.
    _ = try? ExternalCommand.run(["umount", "-l", path])
    kill(server, SIGKILL)
  }

  /// Lets everybody hang who touches it.
  public func hang() throws {
    kill(server, SIGSTOP)
    try waitUntilHung()
  }

  /// Waits until somebody has called ``hang()``.
  public func waitUntilHung() throws {
    while try state() != "T" { usleep(1000) }
  }

  /// Lets everybody go on.
  public func goOn() { kill(server, SIGCONT) }

  /// The state of the server, as proc(5) has it.
  private func state() throws -> Substring? {
    let text = String(decoding: try Files.read("/proc/\(server)/stat"), as: UTF8.self)
    return text.split(separator: ")").last?.split(separator: " ").first
  }
}
