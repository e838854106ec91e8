internal import Layers

/// What `--version` says.
enum ProgramVersion {
  /// The version of this program.
  static let number = "0.1.0"

  /// The version and the specifications that it follows.
  static let text = """
    umoci-tx version \(number)
    image spec: 1.1.1
    runtime spec: \(RuntimeConfig.specificationVersion)
    """
}
