public import Store

/// Reads documents of a layout, verified: from the descriptor itself, from `blobs/`, or from what
/// the history keeps: a copy in the database, or the file itself.
public struct DocumentReader {
  /// The layout.
  public let layout: ImageLayout
  /// Its history, if it has one.
  public let history: OperationHistory?

  /// Reads documents of a layout.
  public init(_ layout: ImageLayout, history: OperationHistory?) {
    self.layout = layout
    self.history = history
  }

  /// The verified bytes of a document.
  ///
  /// - Throws: ``BlobError`` when it is nowhere as its descriptor says; ``JournalError`` when the
  ///   journal cannot be read.
  public func read(_ descriptor: Descriptor) throws -> [UInt8] {
    if let embedded = try embeddedData(of: descriptor) { return embedded }
    do throws(BlobError) {
      return try layout.blobs.readDocument(descriptor)
    } catch {
      if let copy = try history?.document(descriptor.digest) { return copy }
      // What only the history needs, gc has moved; the copy may be lost with a database.
      guard let kept = try history?.keptBlobs.readDocument(descriptor) else { throw error }
      return kept
    }
  }

  /// The data that a descriptor carries, verified like a blob (image-spec v1.1.1, descriptor.md).
  private func embeddedData(of descriptor: Descriptor) throws -> [UInt8]? {
    guard descriptor.base64Data != nil, let data = try descriptor.unverifiedData() else {
      return nil
    }
    guard descriptor.digest.algorithm == .sha256 else { return nil }
    let actual = Digest.sha256(of: data)
    guard actual == descriptor.digest else {
      throw BlobError.digestMismatch(expected: descriptor.digest, actual: actual)
    }
    guard data.count == Int(clamping: descriptor.size) else {
      throw BlobError.sizeMismatch(
        descriptor.digest, expected: descriptor.size, actual: Int64(data.count))
    }
    return data
  }
}
