internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `ls`: lists the tags.
struct ListCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the tags of a layout.",
    usage: "umoci-tx list [--layout <path>] [<options>]",
    discussion: """
      One tag a line, in the order of index.json. With `--json` also what each tag points to. \
      `--long` reads the documents and the history for the rest: digest, platforms, size, age of the \
      image, who moved the tag last and how long ago. What is not there shows as `-`.

      Examples:
        umoci-tx ls --layout images/app
        umoci-tx ls --layout images/app --long --all
        umoci-tx ls --layout images/app --at-op 12
      """,
    aliases: ["ls"])

  @OptionGroup var layout: PresentLayoutOption

  @Flag(name: [.long, .customShort("l")], help: "Tell everything about each image.")
  var long = false

  @Flag(
    name: [.long, .customShort("a")],
    help: "List entries without a tag too, as @DIGEST, and the images of indexes.")
  var all = false

  @OptionGroup var moment: AtOperationOption
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let path = try layout.path()
    let now = context.invocation.now()
    let operation = try moment.operation(now: now)
    let readable = try ReadableLayout(path)
    let index = try readable.index(atOperation: operation, context.messages)
    if !long && !all && !output.json {
      return try TagListing.write(namesOf: index, to: context.output)
    }
    // Without `--long` a history that cannot be read stops nobody.
    let history = long ? try readable.historyIfAny() : nil
    let lookup = ImageLookup(
      readable.layout, history: history,
      index: index, context.invocation)
    let last = try operation.flatMap { try history?.operation($0).record.sequence }
    let listing = TagListing(
      images: try lookup.list(isLong: long, isComplete: all, through: last), isComplete: all,
      isLong: long, now: now)
    try listing.write(to: context.output, asJSON: output.json)
  }
}
