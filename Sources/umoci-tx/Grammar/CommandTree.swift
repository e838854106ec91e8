internal import ArgumentParser
internal import Store

/// The commands of a program, by the words that they are known by.
struct CommandTree {
  /// The command without a word.
  let root: any ParsableCommand.Type
  /// Those right below it, once for each word by which they are known, aliases included.
  let topLevel: [(name: String, type: any ParsableCommand.Type)]

  /// Takes the commands below a root command.
  init(_ root: any ParsableCommand.Type) {
    self.root = root
    topLevel = Self.subcommands(of: root)
  }

  /// The commands below a command, once for each word by which they are known.
  static func subcommands(
    of command: any ParsableCommand.Type
  ) -> [(name: String, type: any ParsableCommand.Type)] {
    let configuration = command.configuration
    let types =
      configuration.ungroupedSubcommands
      + configuration.groupedSubcommands.flatMap(\.subcommands)
    return types.flatMap { type in
      ([type.configuration.commandName ?? ""] + type.configuration.aliases).map { ($0, type) }
    }
  }

  /// The command that words begin with, or what it does without a subcommand; nil when there is none.
  func command(_ words: ArraySlice<String>) -> (any ParsableCommand.Type)? {
    var found: (any ParsableCommand.Type)?
    var known = topLevel
    for word in words {
      guard let next = known.first(where: { $0.name == word }) else { break }
      found = next.type
      known = Self.subcommands(of: next.type)
    }
    return found?.configuration.defaultSubcommand ?? found
  }

  /// Whether the parser itself threw it, be it a complaint or a request for help.
  func isAboutUsage(_ error: any Error) -> Bool {
    if error is any DiagnosableError { return false }
    return root.exitCode(for: error) == .validationFailure || isRequest(error)
  }

  /// Whether it asks for help or the version, and is no failure.
  func isRequest(_ error: any Error) -> Bool { root.exitCode(for: error).isSuccess }
}

extension UsageError {
  /// The parser's complaint about a command line, followed by how the command is used.
  ///
  /// - Parameters:
  ///   - arguments: The command line as it was typed.
  ///   - commands: The commands that there are.
  init(complaint error: any Error, _ arguments: [String], _ commands: CommandTree) {
    let lines = commands.root.fullMessage(for: error).split(separator: "\n")
      .map { $0.drop { $0 == " " } }
    let usage = lines.first { $0.hasPrefix("Usage: ") }?.dropFirst(7)
    // More lines tell of more ways to read the same word.
    let message = commands.root.message(for: error).split(separator: "\n").first ?? ""
    var text = message.prefix(1).lowercased() + message.dropFirst()
    let unknown = UnknownOption(in: text, arguments, commands)
    if let unknown { text = unknown.complaint }
    description = text
    hint = unknown?.hint ?? usage.map { "usage: \($0)" } ?? "`umoci-tx --help` lists the commands"
  }
}
