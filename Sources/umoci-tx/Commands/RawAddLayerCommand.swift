internal import ArgumentParser
internal import Journal
internal import Layers
internal import Mutations
internal import Store

/// `raw add-layer`: adds a tar as a layer.
struct RawAddLayerCommand: LayerCommand {
  typealias Change = AddLayer

  static let configuration = CommandConfiguration(
    commandName: "add-layer",
    abstract: "Add a tar archive to an image as a layer.",
    usage: "umoci-tx raw add-layer --image <path[:tag]> [--tag <new-tag>] [<options>] <file>",
    discussion: """
      The file is read to its end and must be an archive that `unpack` takes. One that is \
      compressed with gzip or zstd is stored byte for byte, unless `--compress` or \
      `--compress-level` asks for something else; a plain one is compressed. `--dry-run` shows \
      what is in it.

      Example:
        umoci-tx raw add-layer --image images/app:1.0 --tag 1.1 changes.tar.gz
      """)

  @OptionGroup var target: NewImageOptions

  @Argument(
    help: ArgumentHelp("The archive, plain or compressed.", valueName: "file"),
    completion: .file())
  var file: String?

  @OptionGroup var options: NewLayerOptions

  var image: ImageOption { target.image }

  func unwatchedMutation(
    _ address: ImageAddress, _ context: CommandContext
  ) throws -> AddLayer {
    guard let file else { throw UsageError.missing("<file>", hint: "name the archive") }
    if file.isEmpty { throw UsageError.invalid("<file>", "the path is empty") }
    return AddLayer(.file(file), try options.addition(to: target, address, context.environment))
  }
}
