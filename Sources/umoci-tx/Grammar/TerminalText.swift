internal import Store

/// Strangers' text made fit for a terminal: it can never move the cursor, colour or hide anything.
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
      case _ where isInvisible(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A command line that a shell would read back as these arguments, escaped like the rest.
  static func commandLine(_ arguments: [String]) -> String {
    arguments.map(shellWord).joined(separator: " ")
  }

  /// A word that a shell reads back, escaped like the rest.
  static func shellWord(_ word: String) -> String { controlsEscaped(ShellQuoting.quoted(word)) }

  /// Like ``escaped(_:)``, but leaves backslashes alone, which mean nothing between single quotes.
  private static func controlsEscaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar != "\\", escaped(String(scalar)) != String(scalar) {
        result += escaped(String(scalar))
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0xad, 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e,
      0x2060...0x206f, 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe007f:
      true
    default: false
    }
  }
}
