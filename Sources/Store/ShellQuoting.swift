/// Words as a shell reads them back, for commands in messages.
package enum ShellQuoting {
  /// A word that a shell reads as exactly this text; quoted where it has to be.
  package static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./:=@,+%^".utf8.contains(byte)
      }
    }
    if isPlain && !word.isEmpty { return word }
    let inner = word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#)
    return "'" + inner + "'"
  }
}
