/// Words as a shell reads them back, for commands in messages.
package enum ShellQuoting {
  /// A word that a shell reads as exactly this text; quoted where it has to be.
  package static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      byte.isASCIIAlphanumeric || "-_./:=@,+%^".utf8.contains(byte)
    }
    if isPlain && !word.isEmpty { return word }
    let inner = word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#)
    return "'" + inner + "'"
  }
}
