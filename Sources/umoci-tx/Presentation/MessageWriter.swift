internal import Glibc

/// Standard error: messages for people, unbuffered.
///
/// A failure to write one is nobody's problem.
struct MessageWriter {
  /// The least important level that is written.
  var level: LogLevel = .warning
  /// What commands in messages are completed with.
  var hints = CommandHints()
  /// Whether a person reads it.
  let isTerminal: Bool
  /// How colours are written, if at all.
  let style: TextStyle
  private let write: (String) -> Void

  /// A writer that hands finished text, newlines included, to `write`.
  init(isTerminal: Bool, style: TextStyle, write: @escaping (String) -> Void) {
    self.isTerminal = isTerminal
    self.style = style
    self.write = write
  }

  /// Standard error.
  static func standard(environment: EnvironmentVariables) -> MessageWriter {
    let isTerminal = isatty(STDERR_FILENO) == 1
    return MessageWriter(
      isTerminal: isTerminal, style: TextStyle(isTerminal: isTerminal, environment: environment)
    ) { text in
      var text = text
      text.withUTF8 { bytes in
        var start = 0
        while start < bytes.count {
          let rest = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start...]))
          let written = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
          if written > 0 { start += written } else if errno != EINTR { return }
        }
      }
    }
  }

  /// Writes text as it is.
  func text(_ text: String) { write(text) }

  /// Says what was done, to a person or where it was asked for; scripts stay undisturbed.
  func notice(_ text: @autoclosure () -> String) {
    if isTerminal && level <= .warning || level <= .info { write(text() + "\n") }
  }

  /// Says something about how the work goes.
  func log(_ level: LogLevel, _ text: @autoclosure () -> String) {
    if level < self.level { return }
    write("\(label(level)) \(hints.completed(text(), other: TerminalText.escaped))\n")
  }

  private func label(_ level: LogLevel) -> String {
    switch level {
    case .debug: style.dim("debug:")
    case .info: "info:"
    case .warning: style.yellow("warning:")
    case .error, .fatal: style.red("error:")
    }
  }
}
