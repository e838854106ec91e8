internal import CLinux
internal import Glibc

/// Runs other programs.
public enum Command {
  /// How a program ended, and all that it printed.
  public struct Outcome: Sendable {
    /// The exit status, or 128 + signal.
    public let status: Int
    /// Standard output and error.
    public let output: String
  }

  /// Runs a program (searched in PATH) to its end.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - folder: The working folder, or nil for this process's own.
  ///   - log: A scratch file for what the program prints.
  /// - Returns: How it ended; a program that cannot be started ends with 127.
  /// - Throws: ``PowerLossError`` when there is no shell or no log.
  @discardableResult
  public static func run(
    _ command: [String], in folder: String? = nil, log: String
  ) throws -> Outcome {
    let line = ["sh", "-c", #"exec "$@" >"$0" 2>&1"#, log] + command
    var arguments: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let child = clinux_spawn(&arguments, folder)
    guard child > 0 else { throw PowerLossError("cannot start sh: errno \(errno)") }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw PowerLossError("cannot wait: errno \(errno)") }
    }
    let text = String(decoding: try readFile(log), as: UTF8.self)
    return Outcome(status: Int(clinux_exit_status(status)), output: text)
  }

  /// Whether a program of this name can be run.
  public static func exists(_ name: String) -> Bool {
    let outcome = try? run(["sh", "-c", "command -v \(name)"], log: "/dev/null")
    return outcome?.status == 0
  }
}
