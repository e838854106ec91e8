internal import ArgumentParser
internal import Store

/// A command line that cannot be carried out as it stands.
struct UsageError: DiagnosableError, Equatable {
  /// What is wrong with it.
  let description: String
  /// What to do about it.
  let hint: String?

  init(_ description: String, hint: String? = nil) {
    self.description = description
    self.hint = hint
  }

  /// The parser's complaint about a command line, followed by how the command is used.
  ///
  /// - Parameter arguments: The command line as it was typed.
  init(complaint error: any Error, _ arguments: [String] = []) {
    let lines = UmociTx.fullMessage(for: error).split(separator: "\n").map { $0.drop { $0 == " " } }
    let usage = lines.first { $0.hasPrefix("Usage: ") }?.dropFirst(7)
    // More lines tell of more ways to read the same word.
    let message = UmociTx.message(for: error).split(separator: "\n").first.map(String.init) ?? ""
    var text = message.prefix(1).lowercased() + message.dropFirst()
    if let unknown = UnknownOption(in: text, arguments) { text = unknown.complaint }
    description = text
    hint = usage.map { "usage: \($0)" } ?? "`umoci-tx --help` lists the commands"
  }

  var category: FailureCategory { .usage }
  var causes: [String] { [] }

  /// Whether a path may stand without its option.
  var isAboutMissingPath: Bool {
    description.contains("unexpected argument")
      || ["--image", "--layout"].contains { description == "missing mandatory argument: \($0)" }
  }

  /// An option that a command cannot do without.
  static func missing(_ option: String, hint: String) -> UsageError {
    UsageError("missing mandatory argument: \(option)", hint: hint)
  }

  /// An option whose value cannot be read.
  static func invalid(_ option: String, _ reason: String, hint: String? = nil) -> UsageError {
    UsageError("invalid \(option): \(reason)", hint: hint)
  }
}
