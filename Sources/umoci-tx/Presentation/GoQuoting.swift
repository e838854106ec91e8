/// Text as `stat` shows it: as it is where that is clear, else in double quotes with Go's escapes.
enum GoQuoting {
  /// Quoted where escapes are needed.
  static func plain(_ text: String) -> String {
    let quoted = quoted(text)
    return quoted.utf8.elementsEqual("\"\(text)\"".utf8) ? text : quoted
  }

  /// Quoted also when the text is empty or holds white space.
  static func precise(_ text: String) -> String {
    let isUnclear = text.isEmpty || text.unicodeScalars.contains { $0.properties.isWhitespace }
    return isUnclear ? quoted(text) : plain(text)
  }

  /// Quoted also when the text holds a comma, which stands between the values of a line.
  static func inline(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: ",")) ? quoted(text) : precise(text)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars { result += escaped(scalar) }
    return result + "\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x07: "\\a"
    case 0x08: "\\b"
    case 0x09: "\\t"
    case 0x0a: "\\n"
    case 0x0b: "\\v"
    case 0x0c: "\\f"
    case 0x0d: "\\r"
    case 0x22: "\\\""
    case 0x5c: "\\\\"
    case 0x20: " "
    case ..<0x20, 0x7f: "\\x" + hex(scalar.value, 2)
    case _ where isPrintable(scalar): String(Character(scalar))
    case ..<0x10000: "\\u" + hex(scalar.value, 4)
    default: "\\U" + hex(scalar.value, 8)
    }
  }

  private static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// Letters, marks, numbers, punctuation and symbols.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
