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
