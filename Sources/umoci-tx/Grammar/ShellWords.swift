internal import Store

/// Splits a line into words as a shell does, without expanding anything.
enum ShellWords {
  /// A line that cannot be split.
  enum Malformed: Error, Equatable {
    /// A quote has no second one.
    case openQuote(Character)
    /// The line ends in a backslash.
    case openEscape
  }

  /// The words of a line.
  ///
  /// Single quotes keep everything; between double quotes a backslash escapes `"`, `\`, `$` and the
  /// backquote; elsewhere it escapes any character. `$'…'` has bytes as `\n`, `\t`, `\r` and `\x…`. A word
  /// that begins with `#` ends the line.
  static func split(_ line: Substring) throws(Malformed) -> [String] {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    // One by one: the library's append(contentsOf:) counts what is there each time.
    func append(_ scalars: some Sequence<Unicode.Scalar>) {
      word = word ?? .init()
      for scalar in scalars { word?.append(scalar) }
    }
    var rest = line.unicodeScalars
    while let scalar = rest.popFirst() {
      switch scalar {
      case " ", "\t":
        if let finished = word { words.append(String(finished)) }
        word = nil
      case "#" where word == nil:
        return words
      case "$" where rest.first == "'":
        rest.removeFirst()
        append(try escaped(&rest))
      case "'", "\"":
        append(try quoted(by: scalar, &rest))
      case "\\":
        guard let escaped = rest.popFirst() else { throw .openEscape }
        append(CollectionOfOne(escaped))
      default:
        append(CollectionOfOne(scalar))
      }
    }
    return words + (word.map { [String($0)] } ?? [])
  }

  /// What stands between `$'` and `'`.
  private static func escaped(
    _ rest: inout Substring.UnicodeScalarView
  ) throws(Malformed) -> String.UnicodeScalarView {
    var bytes: [UInt8] = []
    while let scalar = rest.popFirst() {
      if scalar == "'" { return String(pathBytes: bytes).unicodeScalars }
      guard scalar == "\\", let next = rest.popFirst() else {
        bytes += String(scalar).pathBytes
        continue
      }
      switch next {
      case "n": bytes.append(UInt8(ascii: "\n"))
      case "t": bytes.append(UInt8(ascii: "\t"))
      case "r": bytes.append(UInt8(ascii: "\r"))
      case "\\", "'", "\"": bytes += String(next).pathBytes
      case "x":
        let digits = rest.prefix(2).prefix { $0.properties.isASCIIHexDigit }
        rest.removeFirst(digits.count)
        bytes += UInt8(Substring(digits), radix: 16).map { [$0] } ?? Array("\\x".utf8)
      default: bytes += Array("\\".utf8) + String(next).pathBytes
      }
    }
    throw .openQuote("'")
  }

  private static func quoted(
    by quote: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView
  ) throws(Malformed) -> String.UnicodeScalarView {
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == quote { return text }
      let isEscape = quote == "\"" && scalar == "\\"
      if isEscape, let next = rest.first, "\"\\$`".unicodeScalars.contains(next) {
        text.append(rest.removeFirst())
      } else {
        text.append(scalar)
      }
    }
    throw .openQuote(Character(quote))
  }
}
