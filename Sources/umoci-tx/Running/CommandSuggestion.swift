/// What to say to somebody who types a command that does not exist.
enum CommandSuggestion {
  /// Refuses a first word that is no command, naming the one that was probably meant.
  static func checkCommand(_ words: [String]) throws(UsageError) {
    guard let word = words.first, !word.hasPrefix("-") else { return }
    let names = UmociTx.commandNames
    if names.contains(word) || word == "help" { return }
    let guesses = similar(to: word, in: names).map { "`umoci-tx \($0)`" }
    let question = guesses.isEmpty ? "" : "did you mean \(guesses.joined(separator: " or "))? "
    throw UsageError(
      "there is no command \"\(word)\"",
      hint: question + "`umoci-tx --help` lists the commands")
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
