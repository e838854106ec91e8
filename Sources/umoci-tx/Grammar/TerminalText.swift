internal import Store

/// Untrusted text made fit for a terminal: it can never move the cursor, colour or hide anything.
enum TerminalText {
  /// The text on one line, with everything that is not plainly visible as `\n`, `\t`, `\\` or
  /// `\u{…}`.
  ///
  /// A byte of a path that is no UTF-8 is `\x…`.
  ///
  /// These are the C0 and C1 controls, DEL, line and paragraph separators, and the marks that change
  /// the direction of text or have no width.
  static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\\") }) {
      return text
    }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\\": result += "\\\\"
      case _ where String.foreignByte(scalar) != nil:
        result += "\\x" + String(String.foreignByte(scalar) ?? 0, radix: 16)
      case _ where scalar.isInvisible: result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A command line that a shell would read back as these arguments.
  static func commandLine(_ arguments: [String]) -> String {
    arguments.map(ShellQuoting.quoted).joined(separator: " ")
  }
}
