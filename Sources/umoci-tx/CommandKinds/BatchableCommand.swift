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

/// A command whose line in a batch is mostly a word or two, and there are thousands of them.
protocol PlainLineCommand: BatchableCommand {
  var image: ImageOption { get set }

  /// Puts the words behind a line's tag in their places.
  ///
  /// - Returns: False when they are too few or too many.
  mutating func take(_ words: [String]) -> Bool
}

extension PlainLineCommand {
  mutating func take(_ words: [String]) -> Bool { words.isEmpty }
}
