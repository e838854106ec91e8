package import Store

/// Puts the layers of an image on top of each other, to find what none of them tells alone.
package struct LayersInspection {
  private let layers: [LayoutExamination.PendingBlob]
  private let spoolDirectory: String

  /// Prepares to look at layers, lowest first.
  ///
  /// - Parameter spoolDirectory: A folder for temporary files, used for images with very many paths.
  package init(_ layers: [LayoutExamination.PendingBlob], spoolDirectory: String = "/tmp") {
    self.layers = layers
    self.spoolDirectory = spoolDirectory
  }

  /// Reads the layers.
  ///
  /// - Returns: The first entry that cannot be made; nil when there is none, or when a layer is damaged,
  ///   which its own inspection tells.
  package func run(in blobs: BlobStore) -> LayoutFinding? {
    do {
      let table = try FileTable(spoolDirectory: spoolDirectory)
      for layer in layers {
        try FileTable.add(
          Descriptor(mediaType: layer.mediaType, digest: layer.digest, size: layer.size),
          try blobs.openVerifying(layer.digest, size: layer.size), to: [table],
          hashesContent: false)
      }
    } catch let error as FileTableError {
      switch error.entry {
      case .missingLinkTarget, .linkToDirectory, .tooManyLinks:
        let tag = layers.first { $0.digest == error.layer }?.tag
        return LayoutFinding(.entryRefused, error.layer.description, error.reason, tag: tag)
      default: break
      }
    } catch {}
    return nil
  }
}
