internal import ArgumentParser
internal import Journal
internal import Mutations
internal import Store

/// `tag`: points a tag to an image that another tag has.
struct TagCommand: PlainLineCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Point another tag to an image.",
    usage: "umoci-tx tag --image <path[:tag]> [<options>] <new-tag>",
    discussion: """
      An existing tag of that name is moved. Of a multi-platform image, which umoci calls \
      ambiguous, `--whole-index` tags all platforms at once. A digest stands for exactly what has \
      that digest: an image of an index, an entry without a tag, or an image that only the history \
      keeps.

      Examples:
        umoci-tx tag --image images/app:1.0 latest -m "release 1.0"
        umoci-tx tag --image images/app:latest@{1} latest
        umoci-tx tag --image images/app@3f2a1b9c0d1e rescued
      """)

  @OptionGroup var image: ImageOption

  @Argument(help: ArgumentHelp("The tag to set.", valueName: "new-tag"))
  var newTag: String?

  @Flag(help: "Tag the index of a multi-platform image itself.")
  var wholeIndex = false

  @OptionGroup var expect: ExpectOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions

  func run(in context: CommandContext) throws {
    let address = try image.address(now: context.invocation.now())
    let mutation = try mutation(address, context)
    let runner = try context.runner(
      address.path, writing,
      expecting: try expect.expectation(now: context.invocation.now()))
    try context.present(
      try runner.run(mutation), asJSON: output.json, .quiet,
      unchanged: "\(newTag ?? "") is that image already")
  }

  mutating func take(_ words: [String]) -> Bool {
    newTag = words.first
    return words.count == 1
  }

  func mutation(_ address: ImageAddress, _ context: CommandContext) throws -> SetTag {
    guard let newTag else {
      throw UsageError.missing(
        "<new-tag>", hint: "name the tag to set: `umoci-tx tag --image PATH:TAG NEW-TAG`")
    }
    let tag = try TagName.parse(newTag, "new tag")
    if newTag.contains(":") {
      let bare = newTag[newTag.index(after: newTag.lastIndex(of: ":") ?? newTag.startIndex)...]
      context.messages.log(
        .warning,
        "the new tag is called \(newTag), with all that is before the colon: it is set in the layout of"
          + " --image, where \(bare) alone would do")
    }
    return SetTag(tag, to: ImageSource(address.reference, isWhole: wholeIndex))
  }
}
