internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `repack`: makes an image of what has changed in a bundle.
struct RepackCommand: BatchableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repack",
    abstract: "Add what has changed in a bundle to its image, as one new layer.",
    usage: "umoci-tx repack --image <path[:tag]> [<options>] <bundle>",
    discussion: """
      The new layer goes on top of the image that the bundle was unpacked from, and the tag of \
      `--image` is set to the result. Files whose status has not moved since are not read. Without \
      `--refresh-bundle` the bundle stays as it is, so that a second repack gives a sibling of the \
      first image. With it, the tag and the bundle change together or not at all, also when the \
      machine goes down meanwhile: `recover`, or the next command, brings the bundle up to date.

      If somebody else moves the tag meanwhile, that is a conflict (75) and nothing changes. \
      `--dry-run` shows what would go into the layer.

      Examples:
        umoci-tx repack --image images/app:1.1 bundle
        umoci-tx repack --image app:1.1 --refresh-bundle --mask-path /tmp bundle
      """)

  @OptionGroup var image: ImageOption

  @Argument(
    help: ArgumentHelp("The folder of the bundle.", valueName: "bundle"), completion: .directory)
  var bundle: String?

  @Option(
    name: .customLong("mask-path"),
    help: ArgumentHelp(
      "Leave out changes of this path and of what is below it; may be repeated.",
      valueName: "path"))
  var masks: [String] = []

  @Flag(help: "Do not leave out the volumes of the image.")
  var noMaskVolumes = false

  @Flag(help: "Base the bundle on the new image afterwards.")
  var refreshBundle = false

  @Flag(help: "Read every file, whatever its status says.")
  var full = false

  @OptionGroup(title: "The layer") var layer: LayerFlags
  @OptionGroup(title: "History of the image") var history: HistoryFlags
  @OptionGroup var expect: ExpectOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let address = try image.address(now: context.invocation.now())
    let mutation = try mutation(address, context)
    let runner = try context.runner(
      address.path, writing, expecting: try expect.expectation())
    let (outcome, recovery) = try Interruption.deferring { try runner.run(mutation) }
    let report = RepackReport(outcome, mutation.findings, tag: mutation.destination ?? "")
    RecoveryText(recovery).tell(context.messages)
    try report.write(to: context, asJSON: output.json)
  }

  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> RepackBundle {
    let bundle = try Destination.check(bundle, "<bundle>")
    let settings = try layer.settings(history, context.environment)
    var options = RepackBundle.Options()
    options.masks = ConfigText.list(masks)
    options.masksVolumes = !noMaskVolumes
    options.isFull = full
    options.refreshesBundle = refreshBundle
    options.durability = try writing.options().durability
    var mutation = RepackBundle(
      bundle, to: try address.writableName(), settings, options: options)
    let messages = context.messages
    mutation.onWarning = { messages.log(.warning, $0) }
    mutation.check = { try Interruption.check() }
    LayerCommand.warn(history, messages)
    return mutation
  }
}
