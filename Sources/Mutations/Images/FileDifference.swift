package import Layers
package import Store

/// Compares the root file systems of two images by streaming their layers; nothing is unpacked.
package enum FileDifference {
  /// The paths that differ, sorted.
  ///
  /// Layers that both images begin with are streamed once. Nil stands for no image.
  ///
  /// - Throws: ``FileTableError`` and ``BlobError``.
  package static func changes(
    from before: ImageInspection?, to after: ImageInspection?, in layout: ImageLayout
  ) throws -> [FileChange] {
    let (old, new) = (layers(before), layers(after))
    let common = zip(old, new).prefix { $0.digest == $1.digest }.count
    if common == old.count, common == new.count { return [] }
    var base = FileTable()
    for layer in old.prefix(common) { try base.add(layer, from: layout.blobs) }
    var (first, second) = (base, base)
    for layer in old.dropFirst(common) { try first.add(layer, from: layout.blobs) }
    for layer in new.dropFirst(common) { try second.add(layer, from: layout.blobs) }
    return first.changes(to: second)
  }

  private static func layers(_ inspection: ImageInspection?) -> [Descriptor] {
    guard case .manifest(let manifest)? = inspection?.document else { return [] }
    return manifest.layers
  }
}
