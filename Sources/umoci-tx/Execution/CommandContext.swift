internal import Journal

/// What a command needs of the outside world besides its options.
struct CommandContext {
  /// The commands that there are.
  let commands: CommandTree
  /// Who runs it, where and when.
  var invocation: Invocation
  /// Standard output.
  let output: OutputWriter
  /// Standard error: messages, in the level that was asked for.
  var messages: MessageWriter
  /// The environment variables that are looked at.
  let environment: EnvironmentVariables
}
