internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `new`: creates an image without layers.
struct NewCommand: PlainLineCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Create an empty image and point a tag to it.",
    usage: "umoci-tx new --image <path[:tag]> [<options>]",
    discussion: """
      The image has no layers and no configuration but this machine's platform. A tag of that name \
      is moved; `--expect none` refuses to do that.

      Example:
        umoci-tx new --image images/app:base --expect none
      """)

  @OptionGroup var image: ImageOption
  @OptionGroup var expect: ExpectOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let address = try image.address(now: context.invocation.now())
    let runner = try context.runner(
      address.path, writing,
      expecting: try expect.expectation(now: context.invocation.now()))
    let mutation = try mutation(address, context)
    try context.present(
      try runner.run(mutation), asJSON: output.json, .quiet,
      unchanged: "\(mutation.destination ?? "") is such an image")
  }

  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> CreateImage {
    let created = try context.environment.sourceDate() ?? context.invocation.now()
    return CreateImage(try address.writableName(), created: created)
  }
}
