public import Store

/// The second names that the history gives to blobs, for readers that miss the first.
public struct KeptBlobs: Sendable {
  let folder: OpenDirectory

  /// Opens a blob, not verified.
  ///
  /// - Returns: Nil when nothing of it is kept.
  public func openUnverified(_ digest: Digest) throws(SyscallError) -> OpenFile? {
    do throws(SyscallError) {
      let file = try folder.openFile(BlobStore.relativePath(of: digest))
      guard try file.status().kind == .regular else { return nil }
      return file
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }
}
