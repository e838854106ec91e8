internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `raw add-layer`: adds a tar as a layer.
struct RawAddLayerCommand: BatchableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-layer",
    abstract: "Add a tar archive to an image as a layer.",
    usage: "umoci-tx raw add-layer --image <path[:tag]> [--tag <new-tag>] [<options>] <file>",
    discussion: """
      The file is read to its end and must be an archive that `unpack` takes. One that is \
      compressed with gzip or zstd is stored byte for byte, unless `--compress` or \
      `--compress-level` asks for something else; a plain one is compressed.

      Example:
        umoci-tx raw add-layer --image images/app:1.0 --tag 1.1 changes.tar.gz
      """)

  @OptionGroup var image: ImageOption
  @OptionGroup var newTag: NewTagOption

  @Argument(
    help: ArgumentHelp("The archive, plain or compressed.", valueName: "file"),
    completion: .file())
  var file: String?

  @OptionGroup var platform: PlatformOption
  @OptionGroup(title: "The layer") var layer: LayerFlags
  @OptionGroup(title: "History of the image") var history: HistoryFlags
  @OptionGroup var expect: ExpectOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    try LayerCommand(image, expect, writing, output).run(in: context) { address in
      try mutation(address, context)
    }
  }

  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> AddLayer {
    guard let file else { throw UsageError.missing("<file>", hint: "name the archive") }
    if file.isEmpty { throw UsageError.invalid("<file>", "the path is empty") }
    let addition = LayerAddition(
      ImageSource(address.reference), platform: try platform.wanted(),
      to: try newTag.destination(address), try layer.settings(history, context.environment))
    var mutation = AddLayer(file, addition)
    mutation.check = { try Interruption.check() }
    LayerCommand.warn(history, context.messages)
    return mutation
  }
}

/// What the commands that add a layer have in common.
struct LayerCommand {
  private let image: ImageOption
  private let expect: ExpectOption
  private let writing: WritingFlags
  private let output: OutputOptions

  init(
    _ image: ImageOption, _ expect: ExpectOption, _ writing: WritingFlags, _ output: OutputOptions
  ) {
    self.image = image
    self.expect = expect
    self.writing = writing
    self.output = output
  }

  /// Runs a mutation and tells what became of it.
  func run(
    in context: CommandContext, _ mutation: (ImageAddress) throws -> some Mutation
  ) throws {
    let address = try image.address(now: context.invocation.now())
    let mutation = try mutation(address)
    let runner = try context.runner(
      address.path, writing, expecting: try expect.expectation())
    let result = try Interruption.deferring { try runner.run(mutation) }
    try context.present(
      result, asJSON: output.json, .quiet,
      unchanged: "\(mutation.destination ?? "") is such an image already")
  }

  /// Tells what a layer without a history entry does to other tools, as umoci does.
  static func warn(_ history: HistoryFlags, _ messages: MessageWriter) {
    guard history.noHistory else { return }
    messages.log(
      .warning,
      "the layer gets no entry in the history of the image (--no-history): other tools will tell"
        + " its layers from its commands wrongly")
  }
}
