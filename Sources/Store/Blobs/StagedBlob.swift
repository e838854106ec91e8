/// A blob that was written completely to a staging area and is not yet in the layout.
public struct StagedBlob: Equatable, Sendable {
  /// The digest of its content.
  public let digest: Digest
  /// Its size in bytes.
  public let size: Int64
  /// Its name in the staging area.
  let name: String

  /// A descriptor of the blob.
  public func descriptor(mediaType: MediaType) -> Descriptor {
    Descriptor(mediaType: mediaType, digest: digest, size: size)
  }
}
