internal import ArgumentParser
internal import Mutations
internal import Store

/// `raw unpack`: makes a root file system of an image.
struct RawUnpackCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpack",
    abstract: "Unpack an image into a root file system, without a bundle around it.",
    usage: "umoci-tx raw unpack --image <path[:tag]> [<options>] <rootfs>",
    discussion: """
      A folder that is there already is extracted into; a new one appears when it is complete. \
      Nothing is remembered of it, so that it cannot be repacked.

      Example:
        umoci-tx raw unpack --image images/app:1.0 rootfs
      """)

  @OptionGroup var source: SourceOptions

  @Argument(
    help: ArgumentHelp("The folder of the root file system.", valueName: "rootfs"),
    completion: .directory)
  var rootfs: String?

  @OptionGroup(title: "Owners")
  var mapping: MappingOptions
  @OptionGroup var unpack: UnpackOptions
  @OptionGroup var output: OutputOptions

  var tellsOfChange: Bool { true }

  func run(in context: CommandContext) throws {
    let rootfs = try Destination.check(rootfs, "<rootfs>")
    let options = try unpack.options(mapping, takesLease: false)
    let style = try unpack.progress.style(context.messages)
    let (image, mutationContext) = try source.find(context)
    try Unpacking(UnpackImage(image, in: mutationContext, options), style, context).run {
      try $0.makeRootfs(at: rootfs)
    }
    if output.json {
      try context.output.document([
        "rootfs": JSONValue(rootfs),
        "manifest": JSONValue(image.path.target.digest.description),
        "layers": JSONValue(Int64(image.manifest.layers.count)),
      ])
    } else {
      context.messages.notice("unpacked \(image.path.target.digest) to \(rootfs)")
    }
  }
}
