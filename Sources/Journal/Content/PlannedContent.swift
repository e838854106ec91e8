public import Store

/// Blobs that an operation would make, of which a dry run keeps nothing but the documents.
public struct PlannedContent: Sendable {
  private var documents: [Digest: [UInt8]] = [:]
  private var others: Set<Digest> = []

  /// Nothing.
  public init() {}

  /// Takes down a blob that would be made.
  ///
  /// - Parameter bytes: Its content, if it may be a document.
  public mutating func add(_ digest: Digest, _ bytes: [UInt8]? = nil) {
    if let bytes { documents[digest] = bytes } else { others.insert(digest) }
  }

  /// What one of the blobs refers to; nil when it is none of them.
  func children(of descriptor: Descriptor) -> [BlobReference]? {
    if let bytes = documents[descriptor.digest] {
      return (try? BlobReference.references(in: bytes, of: descriptor)) ?? []
    }
    return others.contains(descriptor.digest) ? [] : nil
  }
}
