public import Store

/// Blobs that were damaged under our eyes.
extension OperationJournal {
  /// Puts a staged blob into the place of a damaged one: in `blobs/`, and in `keep/` where the history
  /// has it.
  ///
  /// Each is replaced by rename. Durable when this returns (full durability).
  public func replace(_ blob: StagedBlob, from stage: StagingArea) throws(JournalError) {
    do throws(BlobError) { try layout.blobs.link([blob], from: stage) } catch { throw .blob(error) }
    let control = session.control
    let (name, path) = (blob.digest.encoded, BlobStore.relativePath(of: blob.digest))
    try session.system { () throws(SyscallError) in
      guard try control.keep.status(of: path) != nil else { return }
      let folder = try control.keep.openDirectory(blob.digest.algorithm.name)
      let spare = "kept-" + name
      try stage.directory.remove(spare, "keep.remove-spare")
      do throws(SyscallError) {
        try layout.blobs.directory.link(path, to: stage.directory, as: spare, "keep.link-spare")
      } catch {
        guard error.isLinkRefused else { throw error }
        return
      }
      try stage.directory.rename(spare, to: folder, as: name, "keep.replace")
      try session.durability.sync(folder, "keep.sync-folder")
    }
  }
}
