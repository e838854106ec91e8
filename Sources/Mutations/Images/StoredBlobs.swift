public import Journal
public import Store

/// The blobs of a layout, and those that another tool has removed and only the history keeps.
public struct StoredBlobs: Sendable {
  private let blobs: BlobStore
  private let kept: KeptBlobs?

  /// Reads the blobs of a layout, with its history if it has one.
  public init(_ layout: ImageLayout, history: OperationHistory?) {
    blobs = layout.blobs
    kept = history?.keptBlobs
  }

  /// Opens a blob, not verified; data that its descriptor embeds is verified and used instead.
  ///
  /// - Throws: ``BlobError``, ``SyscallError``.
  public func openUnverified(_ descriptor: Descriptor) throws -> OpenFile {
    let digest = descriptor.digest
    if let data = try EmbeddedData.verified(in: descriptor) {
      return try OpenFile.inMemory(data, name: digest.description)
    }
    do throws(BlobError) {
      return try blobs.openUnverified(digest)
    } catch {
      guard case .missing = error, let file = try kept?.openUnverified(digest) else { throw error }
      return file
    }
  }

  /// Opens a blob for reading with verification of size and digest.
  ///
  /// - Throws: ``BlobError``, ``SyscallError``.
  public func reader(for descriptor: Descriptor) throws -> BlobReader {
    try BlobReader(
      try openUnverified(descriptor), expecting: descriptor.digest, size: descriptor.size)
  }
}
