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
  /// backquote; elsewhere it escapes any character. A word that begins with `#` ends the line.
  static func split(_ line: Substring) throws(Malformed) -> [String] {
    var words: [String] = []
    var word: String?
    var rest = line.unicodeScalars
    while let scalar = rest.popFirst() {
      switch scalar {
      case " ", "\t":
        if let finished = word { words.append(finished) }
        word = nil
      case "#" where word == nil:
        return words
      case "'", "\"":
        word = (word ?? "") + (try quoted(by: scalar, &rest))
      case "\\":
        guard let escaped = rest.popFirst() else { throw .openEscape }
        word = (word ?? "") + String(escaped)
      default:
        word = (word ?? "") + String(scalar)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  private static func quoted(
    by quote: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView
  ) throws(Malformed) -> String {
    var text = ""
    while let scalar = rest.popFirst() {
      if scalar == quote { return text }
      let isEscape = quote == "\"" && scalar == "\\"
      if isEscape, let next = rest.first, "\"\\$`".unicodeScalars.contains(next) {
        text.unicodeScalars.append(rest.removeFirst())
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    throw .openQuote(Character(quote))
  }
}
