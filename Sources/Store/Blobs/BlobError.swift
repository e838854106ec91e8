/// A blob that cannot be read as what its descriptor says.
public enum BlobError: Error, Sendable {
  /// The layout has no such blob.
  case missing(Digest)
  /// What has the blob's name is no regular file.
  case notAFile(Digest)
  /// The content's digest is another one.
  case digestMismatch(expected: Digest, actual: Digest)
  /// The content is longer or shorter than the descriptor says; sizes in bytes.
  case sizeMismatch(Digest, expected: Int64, actual: Int64)
  /// The file is next to nothing but holes, and too large to be read to its end; its size in bytes.
  case hollow(Digest, size: Int64)
  /// The digest's algorithm is known to the grammar but not to this program.
  case unsupportedAlgorithm(Digest)
  /// A document is larger than this program reads into memory; sizes in bytes.
  case tooLarge(Digest, size: Int64, limit: Int64)
  /// The content is no document of its media type.
  case invalidDocument(Digest, reason: String)
  /// A system call failed.
  case system(SyscallError)
}

extension BlobError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .missing(let digest): "blob \(digest) is missing"
    case .notAFile(let digest): "blob \(digest) is not a regular file"
    case .digestMismatch(let expected, let actual):
      "verified reader digest mismatch: blob \(expected) has content \(actual)"
    case .sizeMismatch(let digest, let expected, let actual):
      "verified reader size mismatch: blob \(digest) has \(actual) bytes, not \(expected)"
    case .hollow(let digest, let size):
      "blob \(digest) has \(size) bytes and is hollow: nobody ever wrote most of them"
    case .unsupportedAlgorithm(let digest): "digest algorithm of \(digest) is not supported"
    case .tooLarge(let digest, let size, let limit):
      "document \(digest) has \(size) bytes; the limit is \(limit)"
    case .invalidDocument(let digest, _): "blob \(digest) is not a valid document"
    case .system(let error): error.description
    }
  }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .missing: .notFound
    case .notAFile, .digestMismatch, .sizeMismatch, .hollow, .tooLarge, .invalidDocument:
      .invalidContent
    case .unsupportedAlgorithm: .unsupported
    case .system(let error): error.category
    }
  }

  /// The reason, where it is not in the description.
  public var causes: [String] {
    if case .invalidDocument(_, let reason) = self { return [reason] }
    return []
  }

  /// What to do about it.
  public var remedy: Remedy? {
    switch self {
    case .missing:
      "copy the image into the layout again, or see \(.listOperations()) for older states"
    case .notAFile(let digest):
      "something else has its name: move blobs/\(digest.algorithm.name)/\(digest.encoded) of the "
        + "layout away, then run this again"
    case .digestMismatch, .sizeMismatch, .hollow, .invalidDocument:
      "the blob is damaged or not what its name says: copy the image into the layout again"
    case .unsupportedAlgorithm: "sha256 and sha512 are supported"
    case .tooLarge: nil
    case .system(let error): error.remedyInLayout
    }
  }
}

extension OpenFile {
  /// Refuses what would be read for ever as a blob of a digest and a size in bytes.
  ///
  /// - Throws: ``BlobError/hollow(_:size:)``.
  package func requireContent(of digest: Digest, size: Int64) throws(BlobError) {
    let found: Int64
    do throws(SyscallError) {
      guard try isHollow(upTo: size) else { return }
      found = try status().size
    } catch {
      throw .system(error)
    }
    throw .hollow(digest, size: found)
  }
}
