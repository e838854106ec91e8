/// Words as a shell reads them back, for commands in messages.
package enum ShellQuoting {
  /// A word that a shell reads as exactly this text, or as the path that it is the text of; quoted where it
  /// has to be.
  ///
  /// No control character is in it, nor anything else that a terminal would not show.
  package static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      byte.isASCIIAlphanumeric || "-_./:=@,+%^".utf8.contains(byte)
    }
    if isPlain && !word.isEmpty { return word }
    if word.unicodeScalars.contains(where: isHidden) { return escaped(word) }
    let inner = word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#)
    return "'" + inner + "'"
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isInvisible || String.foreignByte(scalar) != nil
  }

  /// `$'…'`, in which bytes can be written: bash, zsh and others know it.
  private static func escaped(_ word: String) -> String {
    var inner = ""
    for scalar in word.unicodeScalars {
      switch scalar {
      case "\n": inner += "\\n"
      case "\t": inner += "\\t"
      case "\r": inner += "\\r"
      case "\\", "'": inner += "\\" + String(scalar)
      case _ where isHidden(scalar):
        for byte in String(scalar).pathBytes {
          inner += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
      default: inner.unicodeScalars.append(scalar)
      }
    }
    return "$'" + inner + "'"
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would not plainly show it: the C0 and C1 controls, DEL, line and paragraph separators,
  /// and the marks that change the direction of text or have no width.
  package var isInvisible: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0, 0xad, 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e,
      0x2060...0x206f, 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe007f:
      true
    default: false
    }
  }
}
