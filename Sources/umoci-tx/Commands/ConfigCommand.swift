internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `config`: edits the configuration of an image.
struct ConfigCommand: BatchableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Edit the configuration and the annotations of an image.",
    usage: "umoci-tx config --image <path[:tag]> [--tag <new-tag>] [<options>]",
    discussion: """
      Whatever is not named stays as it is, members that this program does not know included. \
      First parts are emptied (`--clear`), then entries removed (`--unset`), then patches applied, \
      then everything else set. An empty value removes a member. No layer is read.

      If somebody else moves the tag meanwhile, that is a conflict (75) and nothing changes. \
      `--dry-run` shows what would change in the documents.

      Examples:
        umoci-tx config --image images/app:1.0 --config.env DEBUG=1 --tag debug
        umoci-tx config --image images/app --config.cmd-json '["sh","-c"]'
        umoci-tx config --image images/app --unset config.env=DEBUG --dry-run
      """)

  @OptionGroup var target: NewImageOptions
  @OptionGroup(title: "What to set") var values: ConfigFlags
  @OptionGroup(title: "What to set") var platformValues: PlatformFlags
  @OptionGroup(title: "What to remove or patch") var removals: ConfigRemovalFlags
  @OptionGroup var editing: ImageEditOptions

  var image: ImageOption { target.image }
  var expect: ExpectOption { editing.expect }
  var writing: WritingFlags { editing.writing }
  var output: OutputOptions { editing.output }

  func run(in context: CommandContext) throws {
    let address = try image.address(now: context.invocation.now())
    let mutation = try mutation(address, context)
    let runner = try context.runner(
      address.path, writing,
      expecting: try expect.expectation(now: context.invocation.now()))
    let result = try runner.run(mutation)
    if case .planned(let edits, _) = result.0 {
      let preview = MutationContext(
        runner.layout, history: try OperationHistory.open(runner.layout), runner.invocation)
      let report = ConfigPreview(edits: edits, editor: try mutation.edited(in: preview))
      return try report.write(to: context.output, asJSON: output.json)
    }
    try context.present(
      result, asJSON: output.json, .quiet,
      unchanged: "\(mutation.destination ?? "") is such an image already")
  }

  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> EditConfig {
    let policy = try editing.history.policy()
    let tag = try target.destination(address)
    let edits =
      try removals.edits(reading: context.invocation.workingDirectory)
      + values.edits(platformValues)
    let created = try context.environment.sourceDate() ?? context.invocation.now()
    return EditConfig(
      ImageSource(address.reference), platform: try target.platform.wanted(), to: tag, edits: edits,
      history: policy, created: created)
  }
}
