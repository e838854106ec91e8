internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `cat`: prints a document or a blob of an image.
struct CatCommand: ContextualCommand {
  static let configuration = CommandConfiguration(
    commandName: "cat",
    abstract: "Print the manifest, the configuration or any blob of an image, verified.",
    usage: "umoci-tx cat --image <path[:tag]> [<options>] [manifest|config|index|<digest>]",
    discussion: """
      The bytes are exactly those that are stored. Documents are verified before anything is \
      printed; other blobs on the way, so look at the exit status (65) before you use them. \
      `index` is the entry of a multi-platform image itself. Of a digest six digits are enough.

      Examples:
        umoci-tx cat --image images/app:1.0 config
        umoci-tx cat --image images/app 3f2a1b9c0d1e > layer.tar.gz
      """)

  @OptionGroup var image: ImageOption
  @OptionGroup var platform: PlatformOption
  @OptionGroup var moment: AtOperationOption

  @Argument(
    help: ArgumentHelp("What to print.", valueName: "manifest|config|index|digest"))
  var subject = "manifest"

  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let address = try image.address(now: context.invocation.now())
    let (platform, subject) = (try platform.wanted(), try CatSubject(parsing: subject))
    let operation = try moment.operation(now: context.invocation.now())
    let lookup = try context.lookup(address.path, atOperation: operation)
    switch subject {
    case .index:
      let path = try lookup.pathOrIndex(to: address.reference, platform: platform)
      try print(path.entry, lookup, context)
    case .manifest:
      let path = try lookup.path(to: address.reference, platform: platform)
      try print(path.target, lookup, context)
    case .config:
      let path = try lookup.path(to: address.reference, platform: platform)
      let inspection = try ImageInspection(path.target, read: lookup.read)
      guard case .manifest(let manifest) = inspection.document else {
        throw ImageError.notAnImage(path.target.mediaType)
      }
      try print(manifest.config, lookup, context)
    case .blob(let prefix):
      let digest = try prefix.digest ?? lookup.descriptor(of: prefix).digest
      try BlobPrinter(lookup.layout, context).print(digest, lookup)
    }
  }

  /// Prints a document, which is verified by then.
  private func print(
    _ descriptor: Descriptor, _ lookup: ImageLookup, _ context: CommandContext
  ) throws {
    try BlobPrinter(lookup.layout, context).print(document: try lookup.read(descriptor))
  }
}

/// What `cat` prints.
enum CatSubject: Equatable {
  /// The manifest.
  case manifest
  /// The config.
  case config
  /// The outermost document: an index, or the manifest where there is none.
  case index
  /// Any blob of the layout.
  case blob(DigestPrefix)

  /// Reads the argument.
  init(parsing text: String) throws(UsageError) {
    switch text {
    case "manifest": self = .manifest
    case "config": self = .config
    case "index": self = .index
    default:
      do throws(DigestPrefix.Malformed) {
        self = .blob(
          try DigestPrefix(parsing: text.hasPrefix("@") ? String(text.dropFirst()) : text))
      } catch {
        throw UsageError(
          "cannot print \"\(text)\": \(error)", hint: "write manifest, config, index or a digest")
      }
    }
  }
}
