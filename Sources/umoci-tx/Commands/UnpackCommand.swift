internal import ArgumentParser
internal import Layers
internal import Mutations
internal import Store

/// `unpack`: makes a runtime bundle of an image.
struct UnpackCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpack",
    abstract: "Unpack an image into a runtime bundle.",
    usage: "umoci-tx unpack --image <path[:tag]> [<options>] <bundle>",
    discussion: """
      The bundle is what `runc run` takes: `rootfs`, `config.json`, and what `repack` needs to \
      know. It appears when it is complete; whatever goes wrong before leaves nothing. Every \
      layer is verified. As long as the bundle is there, gc spares what it was made from.

      Examples:
        umoci-tx unpack --image images/app:1.0 bundle
        umoci-tx unpack --image images/app --rootless --platform linux/arm64 bundle
      """)

  @OptionGroup var source: SourceOptions

  @Argument(
    help: ArgumentHelp("The folder of the bundle, new or empty.", valueName: "bundle"),
    completion: .directory)
  var bundle: String?

  @OptionGroup(title: "Owners")
  var mapping: MappingOptions
  @OptionGroup var unpack: UnpackOptions
  @OptionGroup var output: OutputOptions

  var tellsOfChange: Bool { true }

  func run(in context: CommandContext) throws {
    let bundle = try Destination.check(bundle, "<bundle>")
    let options = try unpack.options(mapping, takesLease: true)
    let style = try unpack.progress.style(context.messages)
    let (image, mutationContext) = try source.find(context)
    try Unpacking(UnpackImage(image, in: mutationContext, options), style, context).run {
      try $0.makeBundle(at: bundle)
    }
    if output.json {
      try context.output.document([
        "bundle": JSONValue(bundle),
        "manifest": JSONValue(image.path.target.digest.description),
        "layers": JSONValue(Int64(image.manifest.layers.count)),
      ])
    } else {
      context.messages.notice("unpacked \(image.path.target.digest) to \(bundle)")
    }
  }
}

/// The place that a command is to fill, or to look at.
enum Destination {
  /// Refuses a missing and an empty path.
  static func check(
    _ path: String?, _ name: String, hint: String = "name what is to be made, after the options"
  ) throws(UsageError) -> String {
    guard let path else { throw .missing(name, hint: hint) }
    if path.isEmpty { throw .invalid(name, "the path is empty") }
    return path
  }
}

/// Running an extraction with a display, warnings, and an end when somebody asks for it.
struct Unpacking {
  private var unpack: UnpackImage
  private let display: ProgressDisplay

  init(_ unpack: UnpackImage, _ style: ProgressStyle, _ context: CommandContext) {
    self.unpack = unpack
    let display = ProgressDisplay(style, context.messages)
    self.display = display
    let messages = context.messages
    self.unpack.onProgress = { display.update($0) }
    self.unpack.onWarning = {
      display.finish()
      messages.log(.warning, $0)
    }
    self.unpack.onNotice = { messages.log(.info, $0) }
    self.unpack.isCancelled = { Interruption.signal != nil }
  }

  /// Does it.
  func run(_ body: (UnpackImage) throws -> Void) throws {
    defer { display.finish() }
    do { try Interruption.deferring { try body(unpack) } } catch {
      throw PrivilegeError(error) ?? error
    }
  }
}

/// An owner, a device or the like that only root may give, and the way to do without.
struct PrivilegeError: HintingError {
  private let cause: any DiagnosableError

  /// Nil for an error about anything else.
  init?(_ error: any Error) {
    let call: SyscallError?
    if case .syscall(let error) = (error as? ExtractionError)?.reason {
      call = error
    } else {
      call = error as? SyscallError
    }
    guard let call, call.isPermission, call.call.contains("chown") || call.call.contains("mknod"),
      let cause = error as? any DiagnosableError
    else { return nil }
    self.cause = cause
  }

  var description: String { cause.description }
  var category: FailureCategory { cause.category }
  var causes: [String] { cause.causes }
  var hint: String? {
    "only root may do that: with `--rootless` an ordinary user unpacks, and owns all files"
  }
}
