internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `rm`: removes a tag.
struct RemoveCommand: BatchableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove a tag.",
    usage: "umoci-tx remove --image <path[:tag]> [<options>]",
    discussion: """
      The image itself stays until garbage is collected, and `umoci-tx undo` brings the tag back. \
      A tag that does not exist is no error; `--expect DIGEST` makes it one.

      Example:
        umoci-tx rm --image images/app:old
      """,
    aliases: ["rm"])

  @OptionGroup var image: ImageOption
  @OptionGroup var expect: ExpectOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let address = try image.address(now: context.invocation.now())
    let mutation = try mutation(address, context)
    let runner = try context.runner(
      address.path, writing, expecting: try expect.expectation())
    let result = try runner.run(mutation)
    if case .unchanged = result.0 {
      try tellAbsence(address, runner.layout, context.messages)
      if !output.json { return RecoveryText(result.1).tell(context.messages) }
    }
    try context.present(
      result, asJSON: output.json, .quiet,
      unchanged: "there is no tag \(address.reference.name)")
  }

  /// Tells, also a script, that there was nothing to remove: it may be a typing mistake.
  private func tellAbsence(
    _ address: ImageAddress, _ layout: ImageLayout, _ messages: MessageWriter
  ) throws {
    let name = address.reference.name.rawValue
    let names = try layout.readIndex().index.referenceNames
    let similar = SimilarNames.find(name, among: names)
    let question = similar.isEmpty ? "" : "; did you mean \(similar.joined(separator: ", "))?"
    messages.log(.warning, "there is no tag \(name) in \(address.path)\(question)")
  }

  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> RemoveTag {
    RemoveTag(try address.writableName())
  }
}
