internal import ArgumentParser
internal import Mutations

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
