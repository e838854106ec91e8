internal import ArgumentParser
internal import Layers
internal import Mutations
internal import Store

/// `insert`: puts files into an image.
struct InsertCommand: LayerCommand {
  typealias Change = InsertFiles

  static let configuration = CommandConfiguration(
    commandName: "insert",
    abstract: "Put files and folders into an image, or remove some, as one new layer.",
    usage: """
      umoci-tx insert --image <path[:tag]> [<options>] <source> <target> [<source> <target> ...]
      umoci-tx insert --image <path[:tag]> --whiteout [<options>] <target> ...
      """,
    discussion: """
      A folder goes in with all that is in it and merges with what the image has at its place; \
      `--opaque` hides that instead. Modes, times, extended attributes, hard links and holes are \
      kept; no symbolic link is followed. The image is not unpacked, and its other layers are \
      not read.

      A file that changes while it is read is an error. If somebody else moves the tag meanwhile, \
      that is a conflict (75). Either way nothing changes. `--dry-run` shows what would go into the \
      layer.

      Examples:
        umoci-tx insert --image images/app:1.0 --tag 1.1 build/app /usr/bin/app
        umoci-tx insert --image images/app --opaque etc /etc/app doc /usr/share/doc
        umoci-tx insert --image images/app --whiteout /tmp/cache
      """)

  @OptionGroup var target: NewImageOptions

  @Argument(
    help: ArgumentHelp(
      "A path of this machine and its place in the image, once or more often.",
      valueName: "source target"),
    completion: .file())
  var paths: [String] = []

  @Flag(help: "Remove the targets instead.")
  var whiteout = false

  @Flag(help: "Hide what the image has at the targets.")
  var opaque = false

  @OptionGroup(title: "Owners") var mapping: MappingOptions
  @OptionGroup var options: NewLayerOptions

  var image: ImageOption { target.image }

  func unwatchedMutation(
    _ address: ImageAddress, _ context: CommandContext
  ) throws -> InsertFiles {
    let addition = try options.addition(to: target, address, context.environment)
    return InsertFiles(try content(), addition, mapping: try mapping.mapping())
  }

  private func content() throws(UsageError) -> InsertFiles.Content {
    if let empty = paths.firstIndex(of: "") {
      throw .invalid(whiteout || empty % 2 == 1 ? "<target>" : "<source>", "the path is empty")
    }
    if whiteout {
      if opaque { throw UsageError("--whiteout and --opaque are mutually exclusive") }
      if paths.isEmpty { throw .missing("<target>", hint: "name what the image is to lose") }
      return .whiteouts(paths)
    }
    guard !paths.isEmpty else {
      throw .missing("<source> <target>", hint: "name what goes in, and where")
    }
    guard paths.count.isMultiple(of: 2) else {
      throw .missing(
        "<target>", hint: "each source needs its place in the image: SOURCE TARGET ...")
    }
    return .files(
      stride(from: 0, to: paths.count, by: 2).map {
        .init(source: paths[$0], target: paths[$0 + 1])
      }, isOpaque: opaque)
  }
}
