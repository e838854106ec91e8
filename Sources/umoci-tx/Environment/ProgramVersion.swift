internal import Journal
internal import Layers

extension ProgramVersion {
  /// What `--version` says: the version and the specifications that it follows.
  static let text = """
    umoci-tx version \(number)
    image spec: 1.1.1
    runtime spec: \(RuntimeConfig.specificationVersion)
    """
}
