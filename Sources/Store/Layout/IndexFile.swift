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

  /// Parses bytes.
  ///
  /// - Throws: ``LayoutError/tornFile(path:reason:)`` when they are no image index, JSON or not: two
  ///   tools that write in place at once leave a mixture, which may look like anything.
  public init(parsing bytes: [UInt8], path: String) throws(LayoutError) {
    do throws(DocumentError) {
      index = try ImageIndex(parsing: bytes, limits: .index, named: path)
    } catch {
      throw .tornFile(path: path, reason: "\(error)")
    }
    self.bytes = bytes
    digest = Digest.sha256(of: bytes)
  }
}
