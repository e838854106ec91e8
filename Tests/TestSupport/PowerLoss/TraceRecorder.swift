internal import Glibc

/// Runs commands under the `syscall-trace` tool.
public struct TraceRecorder: Sendable {
  /// The folder whose changes are traced.
  public var root: String
  /// The tool; by default the one that `swift build` made.
  public var tool: String
  /// The working folder of the command, or nil for this process's own.
  public var workingFolder: String?

  /// How long a traced command may take, in seconds: tracing is slow, and so may the machine be.
  private static let patience = 600

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
  /// - Returns: How it ended, and all that command and tool printed.
  /// - Throws: ``TestFailure`` when the tool cannot be started.
  public func run(
    _ command: [String], options: [String] = [], environment: [String] = []
  ) throws -> ExternalCommand.Outcome {
    let traced =
      [tool, "--root", root] + options + ["--"] + (environment.isEmpty ? [] : ["env"])
      + environment + command
    return try ExternalCommand.run(traced, in: workingFolder, timeout: Self.patience)
  }

  /// Runs a command to its end and gives back what it changed.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - environment: Variables to add, as `NAME=value`.
  ///   - path: Where to keep the trace (with `path`.data).
  /// - Returns: The trace; its exit status is the command's.
  /// - Throws: ``TestFailure`` when tracing failed, or the trace cannot be modelled.
  public func record(
    _ command: [String], environment: [String] = [], trace path: String
  ) throws -> SyscallTrace {
    let outcome = try run(
      command, options: ["--output", path], environment: environment)
    guard outcome.status != 125 else { throw TestFailure("tracing failed: \(outcome.output)") }
    var trace = try SyscallTrace(contentsOf: path)
    trace.output = outcome.output
    return trace
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
  ///
  /// `UMOCI_TX_TEST_PROGRAM` names another build of the program: `make test` takes an optimized one with fail points,
  /// since it is called some twenty thousand times.
  public static func built(_ name: String) -> String {
    if name == "umoci-tx", let program = getenv("UMOCI_TX_TEST_PROGRAM") {
      return String(cString: program)
    }
    let parts = #filePath.split(separator: "/")
    return "/" + parts.dropLast(4).joined(separator: "/") + "/.build/\(configuration)/" + name
  }
}
