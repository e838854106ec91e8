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
