internal import ArgumentParser
internal import Journal
internal import Layers
internal import Mutations
internal import Store

/// `raw runtime-config`: writes the `config.json` of an image.
struct RawConfigCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "runtime-config",
    abstract: "Write the runtime configuration of an image.",
    usage: "umoci-tx raw runtime-config --image <path[:tag]> [<options>] <file>",
    discussion: """
      What `unpack` writes to `config.json`. Names of users are looked up in `--rootfs`.

      Example:
        umoci-tx raw runtime-config --image app:1.0 --rootfs rootfs config.json
      """,
    aliases: ["config"])

  @OptionGroup var source: SourceOptions

  @Argument(
    help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
  var file: String?

  @Option(
    help: ArgumentHelp(
      "The root file system of the container, where users are looked up.", valueName: "dir"),
    completion: .directory)
  var rootfs: String?

  @OptionGroup(title: "Owners")
  var mapping: MappingOptions
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let file = try Destination.check(file, "<file>")
    try JournalPlace.refuse(file)
    let options = UnpackImage.Options(
      extraction: ExtractionOptions(mapping: try mapping.mapping()))
    let (image, mutationContext) = try source.find(context)
    var unpack = UnpackImage(image, in: mutationContext, options)
    unpack.onWarning = { context.messages.log(.warning, $0) }
    let config = try unpack.makeConfig(rootfs: rootfs.flatMap { $0.isEmpty ? nil : $0 })
    try config.write(to: file)
    if output.json { try context.output.document(["file": JSONValue(file)]) }
  }
}
