internal import Store

/// Brings blobs back into `blobs/` that somebody, perhaps a foreign gc or our own, has taken away.
struct ContentRestorer {
  let session: Session
  let database: JournalDatabase
  let stage: StagingArea?

  init(_ session: Session, _ database: JournalDatabase, stage: StagingArea?) {
    self.session = session
    self.database = database
    self.stage = stage
  }

  /// Tries the operation's stage, then `keep/`, then the database, then the trash.
  ///
  /// - Returns: Whether the blob is in the layout now. Its name there is not synced yet.
  /// - Throws: ``BlobError/notAFile(_:)`` when a folder has its name.
  func restore(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    do throws(JournalError) { return try restoreFromAnywhere(descriptor) } catch {
      guard case .system(let cause) = error, cause.isFolderInTheWay else { throw error }
      throw .blob(.notAFile(descriptor.digest))
    }
  }

  private func restoreFromAnywhere(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    let digest = descriptor.digest
    if try linkStaged(digest) { return true }
    if try relinkKept(descriptor) { return true }
    if let bytes = try database.document(digest) {
      try writeBack(bytes, digest.algorithm)
      return true
    }
    return try takeFromTrash(descriptor)
  }

  private func linkStaged(_ digest: Digest) throws(JournalError) -> Bool {
    guard let stage, let staged = stage.blob(digest) else { return false }
    do throws(BlobError) { try session.layout.blobs.link([staged], from: stage) } catch {
      // Without hard links the stage has given its only name away: whoever took the blob has it.
      if case .system(let cause) = error, cause.isNotFound { return false }
      throw .blob(error)
    }
    return true
  }

  /// Moves a withdrawn blob back; one rename, whatever is in its place.
  private func takeFromTrash(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    let digest = descriptor.digest
    return try session.system { () throws(SyscallError) in
      let trash = TrashFolder(control: session.control)
      guard let source = try trash.find(digest, size: descriptor.size) else { return false }
      let folder = try session.layout.blobs.openFolder(
        of: digest.algorithm.name, session.durability)
      try source.rename(digest.encoded, to: folder, as: digest.encoded, "trash.restore")
      return true
    }
  }

  private func relinkKept(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    let digest = descriptor.digest
    let control = session.control
    let blobs = session.layout.blobs
    return try session.system { () throws(SyscallError) in
      let path = BlobStore.relativePath(of: digest)
      guard let kept = try control.keep.status(of: path), kept.size == descriptor.size else {
        return false
      }
      let folder = try blobs.openFolder(of: digest.algorithm.name, session.durability)
      // A damaged file may stand in the way; a rename replaces it without a gap.
      let spare = makeName()
      do throws(SyscallError) {
        try control.keep.link(path, to: control.stage, as: spare, "content.link-kept")
      } catch {
        // Another owner's file, which gc has moved here: it gives its only name back.
        guard error.isLinkRefused else { throw error }
        try control.keep.rename(path, to: folder, as: digest.encoded, "content.move-kept")
        return true
      }
      try control.stage.rename(spare, to: folder, as: digest.encoded, "content.restore")
      // Renaming onto another name of the same file does nothing and leaves both, rename(2).
      try control.stage.remove(spare, "content.remove-spare")
      return true
    }
  }

  /// A name in `stage/` that is nobody's: no leftover stands in the way, and the next sweep removes what a
  /// crash leaves of it.
  private func makeName() -> String {
    "restored-" + session.invocation.makeOperationID().text
  }

  private func writeBack(
    _ bytes: [UInt8], _ algorithm: DigestAlgorithm
  ) throws(JournalError) {
    let name = makeName()
    let control = session.control
    do throws(BlobError) {
      let folder: OpenDirectory
      do throws(SyscallError) {
        folder = try control.stage.openOrCreateDirectory(
          name, policy: control.policy, "content.create-stage")
      } catch {
        throw BlobError.system(error)
      }
      let area = StagingArea(
        folder, policy: control.policy, durability: session.durability, prefix: "document")
      let blob = try area.stage(bytes, algorithm: algorithm)
      try session.layout.blobs.link([blob], from: area)
    } catch {
      throw .blob(error)
    }
    try? control.stage.removeTree(name, "content.remove-stage")
  }
}
