public import Store

/// A layer's media type is none that can be unpacked.
public struct UnsupportedLayerType: Error, Equatable, Sendable, CustomStringConvertible {
  /// The media type.
  public let mediaType: MediaType

  /// The refusal in one line.
  public var description: String {
    let type = printable(Array(mediaType.rawValue.utf8))
    let base = mediaType.rawValue.prefix { $0 != "+" }
    let isLayer = base.hasPrefix("application/vnd.oci.image.layer.") && base.hasSuffix(".tar")
    return isLayer
      ? "layer type \(type): compression method unsupported" : "layer type \(type) is not supported"
  }
}

extension UnsupportedLayerType: DiagnosableError {
  /// Not supported.
  public var category: FailureCategory { .unsupported }
  /// There is no deeper cause.
  public var causes: [String] { [] }
  /// What the user can do about it.
  public var remedy: Remedy? {
    "layers of OCI and Docker images can be unpacked: tar, gzip and zstd"
  }
}
