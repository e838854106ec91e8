/// The type of a blob (image-spec v1.1.1, media types), or any other text in its place.
public struct MediaType: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The text.
  public let rawValue: String

  /// A media type of any text.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// A media type from a literal.
  public init(stringLiteral value: String) {
    rawValue = value
  }

  /// The text.
  public var description: String { rawValue }
}

extension MediaType {
  /// An OCI image index.
  public static let imageIndex: MediaType = "application/vnd.oci.image.index.v1+json"
  /// An OCI image manifest.
  public static let imageManifest: MediaType = "application/vnd.oci.image.manifest.v1+json"
  /// A manifest of an artifact, as image-spec v1.1.0-rc1 to rc3 had it.
  public static let artifactManifest: MediaType =
    "application/vnd.oci.artifact.manifest.v1+json"
  /// An OCI image configuration.
  public static let imageConfig: MediaType = "application/vnd.oci.image.config.v1+json"
  /// A descriptor stored as a blob.
  public static let descriptor: MediaType = "application/vnd.oci.descriptor.v1+json"
  /// The empty JSON object `{}`.
  public static let emptyJSON: MediaType = "application/vnd.oci.empty.v1+json"
  /// An uncompressed OCI layer.
  public static let layer: MediaType = "application/vnd.oci.image.layer.v1.tar"
  /// An OCI layer compressed with gzip.
  public static let layerGzip: MediaType = "application/vnd.oci.image.layer.v1.tar+gzip"
  /// An OCI layer compressed with zstd.
  public static let layerZstd: MediaType = "application/vnd.oci.image.layer.v1.tar+zstd"
  /// An uncompressed OCI layer that is not to be distributed.
  public static let nondistributableLayer: MediaType =
    "application/vnd.oci.image.layer.nondistributable.v1.tar"
  /// An OCI layer compressed with gzip that is not to be distributed.
  public static let nondistributableLayerGzip: MediaType =
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
  /// An OCI layer compressed with zstd that is not to be distributed.
  public static let nondistributableLayerZstd: MediaType =
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"
  /// A Docker manifest, schema 2.
  public static let dockerManifest: MediaType =
    "application/vnd.docker.distribution.manifest.v2+json"
  /// A Docker manifest list.
  public static let dockerManifestList: MediaType =
    "application/vnd.docker.distribution.manifest.list.v2+json"
  /// A Docker image configuration.
  public static let dockerConfig: MediaType = "application/vnd.docker.container.image.v1+json"
  /// A Docker layer compressed with gzip.
  public static let dockerLayer: MediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip"
  /// An uncompressed Docker layer.
  public static let dockerLayerUncompressed: MediaType =
    "application/vnd.docker.image.rootfs.diff.tar"
  /// A Docker layer compressed with zstd.
  public static let dockerLayerZstd: MediaType = "application/vnd.docker.image.rootfs.diff.tar.zstd"
  /// A Docker layer that is not to be distributed.
  public static let dockerForeignLayer: MediaType =
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

  private static let layers: Set<MediaType> = [
    .layer, .layerGzip, .layerZstd, .nondistributableLayer, .nondistributableLayerGzip,
    .nondistributableLayerZstd, .dockerLayer, .dockerLayerUncompressed, .dockerLayerZstd,
    .dockerForeignLayer,
  ]

  /// Whether this is an OCI index or a Docker manifest list.
  public var isIndex: Bool { self == .imageIndex || self == .dockerManifestList }

  /// Whether this is an OCI image manifest or a Docker manifest.
  public var isManifest: Bool { self == .imageManifest || self == .dockerManifest }

  /// Whether this may be a document of which nobody here knows more than that it is JSON.
  public var isUnknownJSON: Bool {
    if isIndex || isManifest || isImageConfig || isLayer { return false }
    if [.artifactManifest, .descriptor, .emptyJSON].contains(self) { return false }
    return compressionSuffix == "json" || self == "application/json"
  }

  /// Whether this is one of the known layer types, of OCI or Docker, whatever its compression.
  public var isLayer: Bool { Self.layers.contains(self) }

  /// Whether this is an OCI or Docker image configuration.
  public var isImageConfig: Bool { self == .imageConfig || self == .dockerConfig }

  /// The text behind the first `+`, such as `gzip`, `zstd` or `json`; nil without a `+`.
  ///
  /// For Docker's layers, which have no such suffix, it is what the `+` of the OCI type would be
  /// followed by.
  public var compressionSuffix: String? {
    switch self {
    case .dockerLayer, .dockerForeignLayer: return "gzip"
    case .dockerLayerZstd: return "zstd"
    default:
      guard let plus = rawValue.utf8.firstIndex(of: UInt8(ascii: "+")) else { return nil }
      return String(rawValue[rawValue.utf8.index(after: plus)...])
    }
  }
}
