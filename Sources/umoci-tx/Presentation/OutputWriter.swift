internal import Glibc
internal import Store

/// Standard output: collected, and written in large pieces.
///
/// A reader that went away (`| head`) is no error; any other failure is, so that a result that did not
/// reach its file never looks like success. What a command has changed already stands whatever becomes
/// of its output, so that there a failure is only noted, see ``tellsOfChange``.
final class OutputWriter {
  private static let threshold = 1 << 16

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isClosed = false

  /// Whether it tells of what is done already: no failure to write is thrown then.
  var tellsOfChange = false
  /// Why something that was done could not be told; nil when all was.
  private(set) var loss: SyscallError?

  /// Whether a person reads it.
  let isTerminal: Bool
  /// How colours are written, if at all.
  let style: TextStyle

  /// A writer to an open file.
  init(descriptor: Int32, isTerminal: Bool, style: TextStyle) {
    self.descriptor = descriptor
    self.isTerminal = isTerminal
    self.style = style
  }

  /// Standard output.
  static func standard(environment: EnvironmentVariables) -> OutputWriter {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    return OutputWriter(
      descriptor: STDOUT_FILENO, isTerminal: isTerminal,
      style: TextStyle(isTerminal: isTerminal, environment: environment))
  }

  /// Adds a line.
  func line(_ text: String = "") throws(SyscallError) {
    buffer.append(contentsOf: text.utf8)
    buffer.append(0x0a)
    if buffer.count >= Self.threshold { try flush() }
  }

  /// Adds lines with commands in them, which run when they are pasted.
  func lines(_ texts: [String], _ hints: CommandHints) throws(SyscallError) {
    for text in texts { try line(hints.completed(text)) }
  }

  /// Adds bytes as they are.
  func raw(_ bytes: [UInt8]) throws(SyscallError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.threshold { try flush() }
  }

  /// Adds a JSON document on a line of its own.
  ///
  /// What a terminal might obey (DEL, C1 controls) is written as escapes, which JSON allows.
  func document(_ value: JSONValue) throws(SyscallError) {
    buffer.append(contentsOf: JSONText.terminalSafe(value.rendered(.compact)))
    buffer.append(0x0a)
    if buffer.count >= Self.threshold { try flush() }
  }

  /// Writes what has been collected.
  func flush() throws(SyscallError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    if isClosed || buffer.isEmpty { return }
    // A write to a closed pipe shall fail, not kill. Children are started before anything is written.
    signal(SIGPIPE, SIG_IGN)
    var start = 0
    while start < buffer.count {
      let written = buffer[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        start += written
      } else if errno != EINTR {
        let error = SyscallError(call: "write", path: "standard output", code: errno)
        isClosed = tellsOfChange || error.code == EPIPE
        guard isClosed else { throw error }
        if tellsOfChange { loss = error }
        return
      }
    }
  }
}
