internal import Mutations

/// A command that can be a line of a batch: it changes one image of the layout.
protocol BatchableCommand: WritingCommand {
  /// What the command does to a layout.
  associatedtype Change: Mutation

  var image: ImageOption { get }
  var expect: ExpectOption { get }
  /// How progress is to be shown; nil when the command has none, or it was not said.
  var wantedProgress: String? { get }

  /// What is to be done.
  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> Change
}

extension BatchableCommand {
  var wantedProgress: String? { nil }
}
