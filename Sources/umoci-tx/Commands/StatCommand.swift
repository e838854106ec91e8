internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `stat`: tells what an image is made of.
struct StatCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "stat",
    abstract: "Show the manifest, the configuration and the history of an image.",
    usage: "umoci-tx stat --image <path[:tag]> [<options>]",
    discussion: """
      Of a multi-platform image the index is shown, or with `--platform` one of its images. \
      Artifacts and content of unknown types are shown as far as they are known.

      Examples:
        umoci-tx stat --image images/app:1.0
        umoci-tx stat --image images/app:latest@{1} --json
      """)

  @OptionGroup var image: ImageOption
  @OptionGroup var platform: PlatformOption
  @OptionGroup var moment: AtOperationOption
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let address = try image.address(now: context.invocation.now())
    let platform = try platform.wanted()
    let operation = try moment.operation(now: context.invocation.now())
    let lookup = try context.lookup(address.path, atOperation: operation)
    let path = try lookup.pathOrIndex(to: address.reference, platform: platform)
    let report = StatReport(
      inspection: try ImageInspection(path.target, read: lookup.read))
    if output.json { return try context.output.document(report.json) }
    for line in report.lines { try context.output.line(line) }
  }
}

extension CommandContext {
  /// Opens a layout for looking up images, as it is or as it was after an operation.
  func lookup(_ path: String, atOperation operation: OperationReference?) throws -> ImageLookup {
    let readable = try ReadableLayout(historyAt: path)
    return ImageLookup(
      readable.layout, history: try readable.historyIfAny(),
      index: try readable.index(atOperation: operation, messages), invocation)
  }
}
