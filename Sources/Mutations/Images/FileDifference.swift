package import Layers
package import Store

/// Compares the root file systems of two images by streaming their layers; nothing is unpacked.
///
/// The layers are read when the first difference is asked for, once, and the paths are remembered
/// until ``forget()``.
package final class FileDifference {
  private let layers: (before: [Descriptor]?, after: [Descriptor]?)
  private let blobs: StoredBlobs
  private let spoolDirectory: String
  private var difference: FileTableDifference?

  /// Prepares to compare; nil stands for no image.
  ///
  /// - Parameter spoolDirectory: A folder for temporary files, used for images with very many paths.
  package init(
    from before: ImageInspection?, to after: ImageInspection?, in blobs: StoredBlobs,
    spoolDirectory: String
  ) {
    layers = (before.map(Self.layers), after.map(Self.layers))
    self.blobs = blobs
    self.spoolDirectory = spoolDirectory
  }

  private static func layers(_ inspection: ImageInspection) -> [Descriptor] {
    guard case .manifest(let manifest) = inspection.document else { return [] }
    return manifest.layers
  }

  /// Calls `body` with each path that differs, folder by folder.
  ///
  /// - Throws: ``FileTableError``, ``BlobError``, and what `body` throws.
  package func visit(_ body: (FileChange) throws -> Void) throws {
    if hasSameLayers { return }
    try tables().visit(body)
  }

  /// Whether no path differs.
  ///
  /// - Throws: ``FileTableError``, ``BlobError``.
  package func isEmpty() throws -> Bool {
    struct Different: Error {}
    do {
      try visit { _ in throw Different() }
      return true
    } catch is Different {
      return false
    }
  }

  /// Lets the paths go; what is asked for afterwards reads the layers again.
  package func forget() { difference = nil }

  private var hasSameLayers: Bool { layers.before?.map(\.digest) == layers.after?.map(\.digest) }

  private func tables() throws -> FileTableDifference {
    if let difference { return difference }
    let before = try layers.before.map { _ in try FileTable(spoolDirectory: spoolDirectory) }
    let after = try layers.after.map { _ in try FileTable(spoolDirectory: spoolDirectory) }
    let (old, new) = (layers.before ?? [], layers.after ?? [])
    // What both begin with is read once.
    let common = zip(old, new).prefix { $0.digest == $1.digest }.count
    for layer in old.prefix(common) { try add(layer, [before, after]) }
    for layer in old.dropFirst(common) { try add(layer, [before]) }
    for layer in new.dropFirst(common) { try add(layer, [after]) }
    let difference = FileTableDifference(from: before, to: after)
    self.difference = difference
    return difference
  }

  private func add(_ layer: Descriptor, _ tables: [FileTable?]) throws {
    try FileTable.add(layer, try blobs.reader(for: layer), to: tables.compactMap { $0 })
  }
}
