internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// How the lines of a batch are read: each is a command, with the tag where the command line has
/// `--image PATH:TAG`.
///
/// The parser makes its tables of all options anew for each line, which takes ten times as long as the change
/// itself. A line without options is the one before it of its command, with other words.
struct BatchGrammar {
  /// The commands that a batch takes, by their words.
  private let types: [(words: [String], type: any BatchableCommand.Type)]
  private let path: String
  private let context: CommandContext
  /// The last command of each kind that had no options.
  private var plain: [[String]: any PlainLineCommand] = [:]

  /// Finds the commands that can be lines.
  ///
  /// - Parameter path: The layout.
  init(_ path: String, _ context: CommandContext) {
    self.path = path
    self.context = context
    types = context.commands.topLevel.flatMap { name, type in
      let nested = type.configuration.subcommands.map {
        ([name, $0.configuration.commandName ?? ""], $0)
      }
      return ([([name], type)] + nested).compactMap { words, type in
        (type as? any BatchableCommand.Type).map { (words, $0) }
      }
    }
  }

  /// The step that a line stands for; nil for empty lines and comments.
  ///
  /// - Parameters:
  ///   - line: The line.
  ///   - place: Where it stands, for messages.
  mutating func step(_ line: Substring, at place: String) throws(BatchError) -> Batch.Step? {
    do {
      let words = try ShellWords.split(line)
      guard !words.isEmpty else { return nil }
      return try command(words).step(at: place, context)
    } catch let error as ShellWords.Malformed {
      throw BatchError(place: place, cause: Self.usageError(error))
    } catch let error as any DiagnosableError {
      throw BatchError(place: place, cause: error)
    } catch {
      throw BatchError(place: place, cause: UsageError(inBatch: error, context.commands))
    }
  }

  private mutating func command(_ words: [String]) throws -> any BatchableCommand {
    let normalized = CommandLineGrammar.normalize(words)
    var rest = normalized.command
    guard let (name, type) = types.first(where: { rest.starts(with: $0.words) }) else {
      throw unknownCommand(rest.first ?? "")
    }
    rest.removeFirst(name.count)
    guard normalized.global.isEmpty else { throw Self.misplaced("--log and --verbose") }
    if rest.contains(where: { $0 == "--image" || $0.hasPrefix("--image=") }) {
      throw UsageError(
        "a batch has one layout, named once",
        hint: "write just the tag: `\(name.joined(separator: " ")) TAG …`")
    }
    guard let position = rest.firstIndex(where: { !$0.hasPrefix("-") }) else {
      throw UsageError.missing("<tag>", hint: "write `\(name.joined(separator: " ")) TAG …`")
    }
    let tag = rest.remove(at: position)
    try check(tag)
    let isPlain = !rest.contains { $0.hasPrefix("-") }
    if isPlain, var command = plain[name], command.take(rest) {
      command.image.image = "\(path):\(tag)"
      return command
    }
    rest.insert("--image=\(path):\(tag)", at: 0)
    guard let command = try type.parseAsRoot(rest) as? any BatchableCommand else {
      // The parser answers a request for help by a command of its own.
      throw UsageError(
        "a line of a batch cannot ask for help", hint: "see `umoci-tx batch --help`")
    }
    if isPlain { plain[name] = command as? any PlainLineCommand }
    return command
  }

  /// Refuses what is no tag in terms of the batch, which has no `--image`.
  private func check(_ tag: String) throws(UsageError) {
    do throws(ImageReference.Malformed) {
      _ = try ImageReference(parsing: tag, now: context.invocation.now())
    } catch {
      throw .invalid("tag", "\(error)", hint: "a line is a command, a tag and options")
    }
  }

  private func unknownCommand(_ name: String) -> UsageError {
    if name == "gc" {
      return UsageError(
        "gc cannot be part of a batch: it changes no tag",
        hint: "run `umoci-tx gc` after the batch, as an operation of its own")
    }
    let known = types.map { $0.words.joined(separator: " ") }
    let question = SimilarNames.question(about: name, among: known).map { $0 + " " } ?? ""
    return UsageError(
      "a batch has no command \"\(name)\"",
      hint: question + "there are: \(known.joined(separator: ", "))")
  }

  static func misplaced(_ options: String) -> UsageError {
    UsageError(
      "\(options) cannot stand in a line of a batch",
      hint: "give it to `umoci-tx batch`: it holds for all lines")
  }

  private static func usageError(_ error: ShellWords.Malformed) -> UsageError {
    switch error {
    case .openQuote(let quote):
      UsageError("the quote \(quote) is never closed", hint: "an edit ends with its line")
    case .openEscape:
      UsageError("the line ends in a backslash", hint: "an edit ends with its line")
    }
  }
}

extension BatchableCommand {
  /// The command as a step of a batch.
  fileprivate func step(at place: String, _ context: CommandContext) throws -> Batch.Step {
    if !writing.isEmpty {
      throw BatchGrammar.misplaced("-m, --dry-run, --lock-timeout and --durability")
    }
    if wantedProgress != nil {
      throw UsageError(
        "--progress cannot stand in a line of a batch", hint: "leave it out: a batch shows none")
    }
    if output.json { throw BatchGrammar.misplaced("--json") }
    let address = try image.address(now: context.invocation.now())
    return Batch.Step(
      place: place, try mutation(address, context),
      expectation: try expect.expectation(now: context.invocation.now()))
  }
}

extension UsageError {
  /// What the parser threw over a line of a batch.
  fileprivate init(inBatch error: any Error, _ commands: CommandTree) {
    if commands.isAboutUsage(error), !commands.isRequest(error) {
      let complaint = UsageError(complaint: error, [], commands)
      self.init(complaint.description, hint: "`umoci-tx batch --help` shows what a line may be")
    } else if commands.isAboutUsage(error) {
      self.init("a line of a batch cannot ask for help", hint: "see `umoci-tx batch --help`")
    } else {
      self.init("\(error)")
    }
  }
}
