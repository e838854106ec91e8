/// One version of `index.json`, complete and parsed: its bytes, their digest and what they say.
public struct IndexFile: Sendable {
  /// The file's bytes.
  public let bytes: [UInt8]
  /// The SHA-256 digest of the bytes.
  public let digest: Digest
  /// The document.
  public let index: ImageIndex

  /// A version that this program has just put together itself.
  package init(unchecked index: ImageIndex, bytes: [UInt8], digest: Digest) {
    self.index = index
    self.bytes = bytes
    self.digest = digest
  }

  /// Parses bytes that are known to be complete.
  ///
  /// - Throws: ``LayoutError/tornFile(path:reason:)`` when they are no JSON document, and
  ///   ``LayoutError/invalidDocument(path:reason:)`` when they are no image index.
  public init(parsing bytes: [UInt8], path: String) throws(LayoutError) {
    do throws(DocumentError) {
      index = try ImageIndex(parsing: bytes, limits: .index, named: path)
    } catch {
      if case .json(let cause) = error.problem, !cause.problem.isLimit {
        throw .tornFile(path: path, reason: "\(error)")
      }
      throw .invalidDocument(path: path, reason: "\(error)")
    }
    self.bytes = bytes
    digest = Digest.sha256(of: bytes)
  }
}

extension JSONError.Problem {
  /// Whether the text is refused for its size or shape; more of it would not help.
  fileprivate var isLimit: Bool {
    switch self {
    case .tooDeep, .tooManyValues, .tooLarge: true
    default: false
    }
  }
}
