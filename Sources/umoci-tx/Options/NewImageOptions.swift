internal import ArgumentParser
internal import Store

/// Which image is changed and which tag is set, of the commands that make a new image of another.
struct NewImageOptions: ParsableArguments {
  @OptionGroup var image: ImageOption

  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("The tag to set instead of the one of `--image`.", valueName: "new-tag"))
  var newTag: String?

  @OptionGroup var platform: PlatformOption

  /// The tag to set.
  func destination(_ address: ImageAddress) throws(UsageError) -> ReferenceName {
    guard let newTag else {
      return try address.writableName(hint: "name the tag to set: `--tag NEW-TAG`")
    }
    return try TagName.parse(newTag, "--tag")
  }
}
