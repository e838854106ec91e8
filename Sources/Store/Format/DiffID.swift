/// The digest of a layer's uncompressed tar (image-spec v1.1.1, config §layer diff id).
///
/// It is no `Digest` of a blob: the same layer has one diff ID and a digest for each compression.
public struct DiffID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The digest of the uncompressed bytes.
  public let digest: Digest

  /// The diff ID with that digest.
  public init(_ digest: Digest) {
    self.digest = digest
  }

  /// The diff ID spelt by `text`.
  public init(parsing text: String) throws(DigestError) {
    digest = try Digest(parsing: text)
  }

  /// `algorithm:encoded`.
  public var description: String { digest.description }

  /// The order of the digests.
  public static func < (left: DiffID, right: DiffID) -> Bool { left.digest < right.digest }
}
