internal import ArgumentParser
internal import Store

/// `--image PATH[:TAG]` or `PATH@DIGEST`, of the commands about one image.
struct ImageOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the \
      layout and a digest, or six or more of its first digits: `app@3f2a1b`.
      """, valueName: "path[:tag]"),
    completion: .directory)
  var image: String?

  /// The layout and the tag.
  func address(now: Timestamp) throws(UsageError) -> ImageAddress {
    guard let image else {
      throw .missing("--image", hint: "name the layout and the tag: `--image PATH[:TAG]`")
    }
    return try ImageAddress(parsing: image, now: now)
  }
}
