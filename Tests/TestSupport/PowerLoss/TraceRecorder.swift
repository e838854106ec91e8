internal import Glibc

/// Runs commands under the `syscall-trace` tool.
public struct TraceRecorder: Sendable {
  /// The folder whose changes are traced.
  public var root: String
  /// The tool; by default the one that `swift build` made.
  public var tool: String
  /// The working folder of the command, or nil for this process's own.
  public var workingFolder: String?

  /// Prepares to trace changes at or below `root`, which has to exist.
  public init(root: String, workingFolder: String? = nil) {
    self.root = root
    self.workingFolder = workingFolder
    tool = Self.builtTool
  }

  /// Runs a command (searched in PATH) with options of the tool, and waits for it.
  ///
  /// The status is the tool's: the command's, 128 + signal, 1 for violations, 125 for trouble with tracing.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - options: Options of the tool, such as `["--kill-at", "3:torn"]`.
  ///   - environment: Variables to add, as `NAME=value`.
  ///   - log: A scratch file for what the command prints.
  /// - Returns: How it ended, and all that command and tool printed.
  /// - Throws: ``PowerLossError`` when the tool cannot be started.
  public func run(
    _ command: [String], options: [String] = [], environment: [String] = [], log: String
  ) throws -> Command.Outcome {
    let traced =
      [tool, "--root", root] + options + ["--"] + (environment.isEmpty ? [] : ["env"])
      + environment + command
    return try Command.run(traced, in: workingFolder, log: log)
  }

  /// Runs a command to its end and gives back what it changed.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - environment: Variables to add, as `NAME=value`.
  ///   - path: Where to keep the trace (with `path`.data and `path`.log).
  /// - Returns: The trace; its exit status is the command's.
  /// - Throws: ``PowerLossError`` when tracing failed, or the trace cannot be modelled.
  public func record(
    _ command: [String], environment: [String] = [], trace path: String
  ) throws -> SyscallTrace {
    let outcome = try run(
      command, options: ["--output", path], environment: environment, log: path + ".log")
    guard outcome.status != 125 else { throw PowerLossError("tracing failed: \(outcome.output)") }
    return try SyscallTrace(contentsOf: path)
  }

  /// The built `syscall-trace` of this package, or `$SYSCALL_TRACE`.
  public static var builtTool: String {
    getenv("SYSCALL_TRACE").map { String(cString: $0) } ?? built("syscall-trace")
  }

  #if DEBUG
    private static let configuration = "debug"
  #else
    private static let configuration = "release"
  #endif

  /// The path of an executable that `swift build` made of this package.
  public static func built(_ name: String) -> String {
    let parts = #filePath.split(separator: "/")
    return "/" + parts.dropLast(4).joined(separator: "/") + "/.build/\(configuration)/" + name
  }
}
