internal import ArgumentParser
internal import Layers
internal import Mutations
internal import Store

/// What the commands that add a layer take about it.
struct LayerFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "`auto` (like the uppermost compressed layer, else gzip), `gzip`, `zstd` or `none`."
        + " (default: auto)",
      valueName: "how"),
    completion: .list(["auto", "gzip", "zstd", "none"]))
  var compress: String?

  @Option(
    help: ArgumentHelp(
      "1 (fast) to 12 (small) for gzip, to 19 for zstd."
        + " (default: 3; of what is no text, gzip: 2)",
      valueName: "level"))
  var compressLevel: String?

  @Option(
    name: .customLong("layer.annotation"),
    help: ArgumentHelp(
      "An annotation of the layer; may be repeated.", valueName: "name=value"))
  var annotations: [String] = []

  /// What they ask for.
  func settings(
    _ history: HistoryFlags, _ environment: EnvironmentVariables
  ) throws -> LayerSettings {
    LayerSettings(
      compression: try algorithm(), level: try level(), annotations: try annotationEntries(),
      history: try history.policy(), sourceDate: try environment.sourceDate())
  }

  /// Nil for the one that suits the image.
  private func algorithm() throws(UsageError) -> CompressionAlgorithm? {
    guard let compress, compress != "auto" else { return nil }
    // umoci takes an empty name for no compression.
    if compress.isEmpty { return CompressionAlgorithm.none }
    guard let algorithm = CompressionAlgorithm(rawValue: compress) else {
      throw .invalid("--compress", "\"\(compress)\" is none of auto, gzip, zstd and none")
    }
    return algorithm
  }

  private func level() throws(UsageError) -> Int? {
    guard let compressLevel else { return nil }
    let isNumber = compressLevel.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isNumber, let level = Int(compressLevel) else {
      throw .invalid("--compress-level", "\"\(compressLevel)\" is no level")
    }
    return level
  }

  private func annotationEntries() throws(UsageError) -> Annotations {
    var entries: [Annotations.Entry] = []
    for text in ConfigText.list(annotations) {
      let (name, value) = try ConfigText.pair(text, "--layer.annotation")
      entries.append(.init(key: name, value: value))
    }
    return Annotations(entries)
  }
}
