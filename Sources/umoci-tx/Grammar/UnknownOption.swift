internal import ArgumentParser
internal import Store

/// An option that a command does not have, and the one that was probably meant.
struct UnknownOption {
  private let name: String
  private let arguments: [String]
  private let commands: CommandTree

  /// Finds it in what the parser says: `unknown option '--name'…`.
  init?(in message: String, _ arguments: [String], _ commands: CommandTree) {
    guard message.hasPrefix("unknown option '--") else { return nil }
    name = String(message.dropFirst(18).prefix { $0 != "'" && $0 != "=" })
    self.arguments = arguments
    self.commands = commands
  }

  /// What is wrong, with the option as it was typed.
  var complaint: String {
    let typed = CommandLineGrammar.typed(name, in: arguments)
    let text = "unknown option '\(typed ?? "--" + name)'"
    guard typed == nil, let meant = Self.nearest(to: name, among: options) else { return text }
    return text + ": did you mean '--\(meant)'?"
  }

  /// The line that was meant by `--image`, where a command is about a layout; nil for anything else.
  var hint: String? {
    guard name == "image", options.contains("layout") else { return nil }
    var words = CommandLineGrammar.normalize(arguments).command
    guard let place = words.firstIndex(where: { $0 == "--image" || $0.hasPrefix("--image=") })
    else { return nil }
    let word = words.remove(at: place)
    var image = String(word.dropFirst("--image=".count))
    if word == "--image", place < words.count { image = words.remove(at: place) }
    guard !image.isEmpty else { return nil }
    let path = image.prefix { $0 != ":" }
    words.insert(contentsOf: ["--layout", String(path)], at: place)
    if path.endIndex < image.endIndex {
      let tag = String(image[image.index(after: path.endIndex)...])
      if words.first == "who" { words.append(tag) }
      if options.contains("tag") { words += ["--tag", tag] }
    }
    return "write `\(TerminalText.commandLine(["umoci-tx"] + words))`"
  }

  /// The options of the command that was called.
  private var options: [String] {
    let words = CommandLineGrammar.normalize(arguments).command
    let type = commands.command(words.prefix { !$0.hasPrefix("-") }) ?? commands.root
    let found = commands.root.helpMessage(for: type, columns: 1000).split(separator: "\n")
      .filter { $0.drop { $0 == " " }.hasPrefix("-") }
      .flatMap { $0.split { " ,".contains($0) } }
      .filter { $0.hasPrefix("--") }
    return Array(Set(found.map { String($0.dropFirst(2)) })).sorted()
  }

  /// The one of which the name is a part, or begins with it, or that differs by a typing mistake.
  static func nearest(to name: String, among options: [String]) -> String? {
    guard !name.isEmpty else { return nil }
    let parts = options.first { $0.split(separator: ".").dropFirst().contains(Substring(name)) }
    if let parts { return parts }
    if name.utf8.count > 2, let longer = options.first(where: { $0.hasPrefix(name) }) {
      return longer
    }
    return SimilarNames.find(name, among: options).first
  }
}
