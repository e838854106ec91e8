internal import ArgumentParser
internal import Journal
internal import Store

/// `ls`: lists the tags.
struct ListCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the tags of a layout.",
    usage: "umoci-tx list --layout <path> [<options>]",
    discussion: """
      One tag a line, in the order of index.json. With `--json` also what each tag points to.

      Examples:
        umoci-tx ls --layout images/app
        umoci-tx ls --layout images/app --at-op 12
      """,
    aliases: ["ls"])

  @OptionGroup var layout: LayoutOption
  @OptionGroup var moment: AtOperationOption
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let operation = try moment.operation(now: context.invocation.now())
    let index = try ReadableLayout(path).index(atOperation: operation, context.messages)
    try TagListing(index).write(to: context.output, asJSON: output.json)
  }
}
