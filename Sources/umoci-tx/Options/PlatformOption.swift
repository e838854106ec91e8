internal import ArgumentParser
internal import Store

/// `--platform OS/ARCH[/VARIANT]`, of the commands about one image.
struct PlatformOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which image of a multi-platform one.", valueName: "os/arch[/variant]"))
  var platform: String?

  /// The platform that is wanted; nil for any.
  func wanted() throws(UsageError) -> Platform? {
    guard let platform else { return nil }
    do throws(Platform.Malformed) {
      return try Platform(parsing: platform)
    } catch {
      throw .invalid("--platform", "\(error)")
    }
  }
}
