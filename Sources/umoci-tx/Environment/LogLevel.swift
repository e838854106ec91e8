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
