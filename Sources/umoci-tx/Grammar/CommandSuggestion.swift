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
    let guesses = similar(to: word, in: names).map { "`\(path) \($0)`" }
    let question = guesses.isEmpty ? "" : "did you mean \(guesses.joined(separator: " or "))? "
    return UsageError(
      "there is no command \"\(word)\"" + (path == "umoci-tx" ? "" : " in `\(path)`"),
      hint: question + "`\(path) --help` lists the commands")
  }

  /// The names that come nearest to a word, when they are near enough.
  static func similar(to word: String, in names: [String]) -> [String] {
    let distances = names.map { ($0, distance(word, $0)) }
    guard let least = distances.map(\.1).min() else { return [] }
    return distances.filter { $0.1 == least && least <= max(1, $0.0.utf8.count / 3) }.map(\.0)
  }

  /// How many letters must be inserted, removed, replaced or swapped with their neighbour to make
  /// one word of the other; words of more than 64 letters count as very different.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    if left.count > 64 || right.count > 64 { return .max }
    var rows = [Array(0...right.count)]
    for line in left.indices {
      var row = [line + 1]
      for column in right.indices {
        let isEqual = left[line] == right[column]
        var best = min(rows[line][column + 1], row[column], rows[line][column] - (isEqual ? 1 : 0))
        if line > 0, column > 0, left[line] == right[column - 1], left[line - 1] == right[column] {
          best = min(best, rows[line - 1][column - 1])
        }
        row.append(best + 1)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
