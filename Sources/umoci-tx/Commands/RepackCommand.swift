internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `repack`: makes an image of what has changed in a bundle.
struct RepackCommand: LayerCommand {
  typealias Change = RepackBundle

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

  @OptionGroup var options: NewLayerOptions

  func unwatchedMutation(
    _ address: ImageAddress, _ context: CommandContext
  ) throws -> RepackBundle {
    let bundle = try Destination.check(
      bundle, "<bundle>", hint: "name the folder that `unpack` has made")
    let settings = try self.options.settings(context.environment)
    var options = RepackBundle.Options()
    options.masks = ConfigText.list(masks)
    options.masksVolumes = !noMaskVolumes
    options.isFull = full
    options.refreshesBundle = refreshBundle
    options.durability = try writing.options().durability
    return RepackBundle(bundle, to: try address.writableName(), settings, options: options)
  }
}
