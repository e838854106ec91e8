internal import ArgumentParser

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
