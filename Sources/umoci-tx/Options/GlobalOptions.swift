internal import ArgumentParser

/// How much is told on standard error.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How much to tell: debug, info, warn, error or fatal. (default: warn)", valueName: "level"),
    completion: .list(LogLevel.names))
  var log: String?

  @Flag(help: "The same as `--log=info`.")
  var verbose = false

  /// The level that was asked for.
  func level() throws(UsageError) -> LogLevel {
    guard let log else { return verbose ? .info : .warning }
    if verbose { throw UsageError("--verbose and --log are mutually exclusive") }
    guard let level = LogLevel(parsing: log) else {
      throw UsageError(
        "parsing log level: invalid level \"\(log)\"",
        hint: "the levels are \(LogLevel.names.joined(separator: ", "))")
    }
    return level
  }
}

/// How important a message is.
enum LogLevel: Int, Comparable {
  case debug
  case info
  case warning
  case error
  case fatal

  /// The words that are understood.
  static let names = ["debug", "info", "warn", "warning", "error", "fatal"]

  /// Reads a level in whatever case.
  init?(parsing text: String) {
    switch text.lowercased() {
    case "debug": self = .debug
    case "info": self = .info
    case "warn", "warning": self = .warning
    case "error": self = .error
    case "fatal": self = .fatal
    default: return nil
    }
  }

  static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
