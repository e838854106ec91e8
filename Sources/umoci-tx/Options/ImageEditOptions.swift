internal import ArgumentParser
internal import Mutations
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
    guard let newTag else { return try address.writableName() }
    return try TagName.parse(newTag, "--tag")
  }
}

/// What all commands that make a new image take about the way it is done.
struct ImageEditOptions: ParsableArguments {
  @OptionGroup(title: "History of the image") var history: HistoryFlags
  @OptionGroup var expect: ExpectOption
  @OptionGroup var writing: WritingFlags
  @OptionGroup var output: OutputOptions
}

/// What the commands that add a layer take about it.
struct NewLayerOptions: ParsableArguments {
  @OptionGroup(title: "The layer") var layer: LayerFlags
  @OptionGroup var progress: ProgressOption
  @OptionGroup var editing: ImageEditOptions

  /// How the layer is made.
  func settings(_ environment: EnvironmentVariables) throws -> LayerSettings {
    try layer.settings(editing.history, environment)
  }

  /// How the layer is made, when it goes on top of a tag's image.
  func addition(
    to image: NewImageOptions, _ address: ImageAddress, _ environment: EnvironmentVariables
  ) throws -> LayerAddition {
    LayerAddition(
      ImageSource(address.reference), platform: try image.platform.wanted(),
      to: try image.destination(address), try settings(environment))
  }
}
