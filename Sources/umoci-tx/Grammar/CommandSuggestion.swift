internal import Store

/// What to say to somebody who types a command that does not exist.
enum CommandSuggestion {
  /// Refuses a word that stands for a command and is none, naming the one that was probably meant.
  ///
  /// `raw`, `audit` and `settings` have commands of their own; `help` is followed by any of them.
  static func checkCommand(_ words: [String], _ commands: CommandTree) throws(UsageError) {
    var words = words.first == "help" ? words.dropFirst() : words[...]
    var path = "umoci-tx"
    var known = commands.topLevel
    while let word = words.popFirst(), !word.hasPrefix("-"), word != "help", !known.isEmpty {
      guard let command = known.first(where: { $0.name == word }) else {
        throw unknown(word, below: path, known.map(\.name))
      }
      path += " " + word
      known = CommandTree.subcommands(of: command.type)
    }
  }

  /// What other tools call things.
  private static let synonyms: [String: String] = [
    "inspect": "stat", "blame": "who", "revert": "undo", "rollback": "undo", "history": "log",
    "reflog": "log", "images": "ls", "mv": "tag", "rename": "tag", "delete": "rm", "untag": "rm",
    "prune": "gc", "fsck": "verify", "check": "verify",
    "run": "unpack", "create": "init", "version": "--version",
    "cp": copying, "copy": copying, "push": copying, "pull": copying,
  ]

  /// Images go in and out by another tool.
  private static let copying = "exec -- skopeo copy docker://alpine oci:{}:alpine"

  private static func unknown(_ word: String, below path: String, _ names: [String]) -> UsageError {
    if path == "umoci-tx", let synonym = synonyms[word] {
      return UsageError(
        "there is no command \"\(word)\"", hint: "here it is `umoci-tx \(synonym)`")
    }
    let question = SimilarNames.question(about: word, among: names) { "`\(path) \($0)`" }
    return UsageError(
      "there is no command \"\(word)\"" + (path == "umoci-tx" ? "" : " in `\(path)`"),
      hint: (question.map { $0 + " " } ?? "") + "`\(path) --help` lists the commands")
  }
}
