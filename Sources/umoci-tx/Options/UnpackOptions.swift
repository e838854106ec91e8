internal import ArgumentParser
internal import Journal
internal import Layers
internal import Mutations
internal import Store

/// What all commands that extract an image take, besides the image and its destination.
struct UnpackOptions: ParsableArguments {
  @Flag(help: "Extract directories through symbolic links that lead to directories.")
  var keepDirlinks = false

  @OptionGroup var progress: ProgressOption

  @Option(
    help: ArgumentHelp(
      "`full` returns when everything is on stable storage. (default: relaxed)",
      valueName: "how"),
    completion: .list(Durability.allCases.map(\.rawValue)))
  var durability: String?

  @OptionGroup(title: "Limits")
  var limits: LimitOptions

  /// How the image is unpacked.
  func options(_ mapping: MappingOptions, takesLease: Bool) throws -> UnpackImage.Options {
    let isDurable = try durable()
    return UnpackImage.Options(
      extraction: ExtractionOptions(
        mapping: try mapping.mapping(), keepsDirectoryLinks: keepDirlinks,
        limits: try limits.limits()),
      isDurable: isDurable == .full,
      // What is written to the layout is always as safe as the user has not said otherwise.
      leasing: takesLease ? WritingOptions(durability: isDurable ?? .full) : nil)
  }

  private func durable() throws(UsageError) -> Durability? {
    guard let durability else { return nil }
    guard let value = Durability(rawValue: durability) else {
      throw .invalid("--durability", "\"\(durability)\" is neither `full` nor `relaxed`")
    }
    return value
  }
}

/// Which image is meant, of the commands that read one.
struct SourceOptions: ParsableArguments {
  @OptionGroup var image: ImageOption

  @Option(
    help: ArgumentHelp(
      "Which image of a multi-platform one. (default: this machine's)",
      valueName: "os/arch[/variant]"))
  var platform: String?

  @OptionGroup var moment: AtOperationOption

  /// The image, with the layout that it is in.
  func find(_ context: CommandContext) throws -> (SelectedImage, MutationContext) {
    let now = context.invocation.now()
    let address = try image.address(now: now)
    let platform = try wantedPlatform()
    let operation = try moment.operation(now: now)
    let readable = try ReadableLayout(address.path)
    let mutationContext = MutationContext(
      readable.layout, history: try readable.historyIfAny(), context.invocation)
    let index = try readable.index(atOperation: operation, context.messages)
    let selected = try SelectedImage(
      address.reference, in: index, platform: platform, mutationContext)
    return (selected, mutationContext)
  }

  private func wantedPlatform() throws(UsageError) -> Platform? {
    guard let platform else { return nil }
    guard let wanted = try? Platform(parsing: platform) else {
      throw .invalid(
        "--platform", "\"\(platform)\" is no platform",
        hint: "write OS/ARCH or OS/ARCH/VARIANT, for example linux/amd64 or linux/arm/v7")
    }
    return wanted
  }
}
