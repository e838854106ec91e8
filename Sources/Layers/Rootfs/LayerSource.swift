public import Store

/// A layer to be extracted: what it must be, and how to read it.
public struct LayerSource: Sendable {
  /// What the manifest says of the blob: its media type, digest and size are verified.
  public let descriptor: Descriptor
  /// The digest that the uncompressed stream must have.
  public let diffID: DiffID
  /// How the blob is compressed.
  public let compression: CompressionAlgorithm
  let open: @Sendable () throws -> OpenFile

  /// Names a layer.
  ///
  /// - Parameters:
  ///   - descriptor: The layer's descriptor.
  ///   - diffID: The diff ID at the layer's place in the image config.
  ///   - open: Opens the blob for reading from its start; called at most once, in another thread.
  /// - Throws: ``UnsupportedLayerType`` when the media type is none of a layer that can be read.
  public init(
    descriptor: Descriptor, diffID: DiffID, open: @escaping @Sendable () throws -> OpenFile
  ) throws(UnsupportedLayerType) {
    guard let compression = CompressionAlgorithm(layerType: descriptor.mediaType) else {
      throw UnsupportedLayerType(mediaType: descriptor.mediaType)
    }
    self.descriptor = descriptor
    self.diffID = diffID
    self.compression = compression
    self.open = open
  }
}

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

extension CompressionAlgorithm {
  /// The compression that a layer's media type stands for: those of OCI, and Docker's.
  ///
  /// image-spec v1.1.1, layer §media types; nil for anything else.
  init?(layerType: MediaType) {
    switch layerType {
    case .layer, .nondistributableLayer, .dockerLayerUncompressed: self = .none
    case .layerGzip, .nondistributableLayerGzip, .dockerLayer, .dockerForeignLayer: self = .gzip
    case .layerZstd, .nondistributableLayerZstd, .dockerLayerZstd: self = .zstd
    default: return nil
    }
  }
}
