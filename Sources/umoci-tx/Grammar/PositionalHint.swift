internal import ArgumentParser

/// What to say to somebody who names an image or a layout without its option, as other tools have it.
enum PositionalHint {
  /// The command line with `--image` or `--layout` before its first argument; nil where that would not help.
  static func corrected(_ words: [String], _ commands: CommandTree) -> String? {
    var rest = words[...]
    var names: [String] = []
    var known = commands.topLevel
    var type: (any ParsableCommand.Type)?
    while let word = rest.first, let command = known.first(where: { $0.name == word }) {
      names.append(word)
      rest.removeFirst()
      type = command.type
      known = CommandTree.subcommands(of: command.type)
    }
    guard let type, let position = rest.firstIndex(where: { !$0.hasPrefix("-") }) else {
      return nil
    }
    let help = type.helpMessage()
    let options = ["--image", "--layout"].filter { help.contains("\($0) <") }
    let isGiven = { (option: String) in
      rest.contains { $0 == option || $0.hasPrefix(option + "=") }
    }
    guard !options.contains(where: isGiven) else { return nil }
    let isTagged = rest[position].contains { $0 == ":" || $0 == "@" }
    guard let option = isTagged ? options.first : options.last else { return nil }
    rest.insert(option, at: position)
    return TerminalText.commandLine(["umoci-tx"] + names + rest)
  }
}
