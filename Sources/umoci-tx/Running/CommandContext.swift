internal import ArgumentParser
internal import Journal
internal import Store

/// What a command needs of the outside world besides its options.
struct CommandContext {
  /// Who runs it, where and when.
  var invocation: Invocation
  /// Standard output.
  let output: OutputWriter
  /// Standard error: messages, in the level that was asked for.
  var messages: MessageWriter
  /// The environment variables that are looked at.
  let environment: EnvironmentVariables
}

/// A sub-command: its options are parsed already, and all that is left is to call and to present.
protocol ContextualCommand: ParsableCommand {
  /// The options about output.
  var output: OutputOptions { get }

  /// Whether what it prints tells of something that it has done, which stands also when nobody hears it.
  var tellsOfChange: Bool { get }

  /// Does it.
  func run(in context: CommandContext) throws
}

extension ContextualCommand {
  var tellsOfChange: Bool { false }
}

/// A command that changes something, unless it is asked for a dry run.
protocol WritingCommand: ContextualCommand {
  /// How it goes about writing.
  var writing: WritingFlags { get }
}

extension WritingCommand {
  var tellsOfChange: Bool { !writing.dryRun }
}
