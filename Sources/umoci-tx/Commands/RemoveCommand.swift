internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `rm`: removes a tag.
struct RemoveCommand: PlainLineCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove a tag, or an entry that has none.",
    usage: "umoci-tx remove --image <path[:tag]> [<options>]",
    discussion: """
      The image itself stays until garbage is collected, and `umoci-tx undo` brings the tag back. \
      A tag that does not exist is no error; `--expect DIGEST` makes it one. By its digest only an \
      entry without a tag is removed; `umoci-tx ls --all` lists them.

      Examples:
        umoci-tx rm --image images/app:old
        umoci-tx rm --image images/app@3f2a1b9c0d1e
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
      address.path, writing,
      expecting: try expect.expectation(now: context.invocation.now()))
    let result = try runner.run(mutation)
    let name = "\(address.reference)"
    if case .unchanged = result.0 {
      try tellAbsence(of: name, address.path, runner.layout, context.messages)
      if !output.json { return RecoveryText(result.1).tell(context.messages) }
    }
    try context.present(
      result, asJSON: output.json, .quiet,
      unchanged: "there is no tag \(name)")
  }

  /// Tells, also a script, that there was nothing to remove: it may be a typing mistake.
  private func tellAbsence(
    of name: String, _ path: String, _ layout: ImageLayout, _ messages: MessageWriter
  ) throws {
    let names = try layout.readIndex().index.referenceNames
    let question = SimilarNames.question(about: name, among: names).map { "; " + $0 } ?? ""
    messages.log(.warning, "there is no tag \(name) in \(path)\(question)")
  }

  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> RemoveTag {
    guard case .digest(let prefix) = address.reference else {
      return RemoveTag(try address.writableName())
    }
    if expect.expect != nil {
      throw UsageError("--expect is about a tag, and a digest cannot move", hint: "leave it out")
    }
    return RemoveTag(untagged: prefix)
  }
}
