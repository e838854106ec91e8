internal import Layers
internal import Store

extension ImageEditor {
  /// The annotation that tells the size of a compressed layer's stream in bytes; umoci-behaviour §5.5.
  static let uncompressedSizeAnnotation = "ci.umo.uncompressed_blob_size"

  /// The media type of a layer, of the same family as the manifest.
  func layerType(_ algorithm: CompressionAlgorithm) -> MediaType {
    let isDocker = path.target.mediaType == .dockerManifest
    switch algorithm {
    case .none: return isDocker ? .dockerLayerUncompressed : .layer
    case .gzip: return isDocker ? .dockerLayer : .layerGzip
    case .zstd: return isDocker ? .dockerLayerZstd : .layerZstd
    }
  }

  /// Refuses an image whose documents do not agree on its layers: one more would make it worse.
  ///
  /// - Throws: ``ImageError/layerCount(manifest:config:)``.
  func requireConsistentLayers() throws(ImageError) {
    guard manifest.layers.count == config.diffIDs.count else {
      throw .layerCount(manifest: manifest.layers.count, config: config.diffIDs.count)
    }
  }

  /// Puts a layer on top; umoci-behaviour §5.5.
  ///
  /// - Parameters:
  ///   - blob: The layer's blob, of its media type.
  ///   - layer: What is known of its stream.
  ///   - annotations: Annotations of its descriptor, which win over the program's own.
  mutating func appendLayer(
    _ blob: Descriptor, _ layer: GeneratedLayer, annotations: Annotations
  ) {
    var own: [Annotations.Entry] = []
    if layer.uncompressedSize != blob.size {
      own.append(
        .init(key: Self.uncompressedSizeAnnotation, value: String(layer.uncompressedSize)))
    }
    manifest.appendLayer(
      Descriptor(
        mediaType: blob.mediaType, digest: blob.digest, size: blob.size,
        annotations: Annotations(own + annotations.entries)))
    config.appendDiffID(layer.diffID)
  }
}
