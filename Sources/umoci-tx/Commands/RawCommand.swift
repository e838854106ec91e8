internal import ArgumentParser

/// `raw`: the parts of bundles and images by themselves.
struct RawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "raw",
    abstract: "Make the parts of bundles and images by themselves.",
    usage: "umoci-tx raw <command> [<options>]",
    discussion: """
      For use in other programs; a person wants `unpack`.

      Example:
        umoci-tx raw unpack --image images/app:1.0 rootfs
      """,
    subcommands: [
      RawUnpackCommand.self, RawConfigCommand.self, RawAddLayerCommand.self,
      RawValidateCommand.self,
    ])
}
