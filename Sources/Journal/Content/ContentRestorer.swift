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
    if try linkStaged(descriptor.digest) { return true }
    let finder = ContentFinder(session.layout, session.control, database)
    guard
      let copy = try finder.find(
        descriptor.digest, size: descriptor.size, in: ContentFinder.Place.elsewhere)
    else { return false }
    guard let folder = copy.folder else {
      try writeBack(finder.bytes(of: copy), copy.digest.algorithm)
      return true
    }
    try session.system { () throws(SyscallError) in
      let target = try session.layout.blobs.openFolder(
        of: copy.digest.algorithm.name, session.durability)
      if copy.place == .keep {
        try relink(copy, in: folder, to: target)
      } else {
        // One rename, whatever is in its place.
        try folder.rename(copy.path, to: target, as: copy.digest.encoded, "trash.restore")
      }
    }
    return true
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

  private func relink(
    _ copy: ContentFinder.Copy, in keep: OpenDirectory, to folder: OpenDirectory
  ) throws(SyscallError) {
    let (name, stage) = (copy.digest.encoded, session.control.stage)
    // A damaged file may stand in the way; a rename replaces it without a gap.
    let spare = makeName()
    do throws(SyscallError) {
      try keep.link(copy.path, to: stage, as: spare, "content.link-kept")
    } catch {
      // Another owner's file, which gc has moved here: it gives its only name back.
      guard error.isLinkRefused else { throw error }
      return try keep.rename(copy.path, to: folder, as: name, "content.move-kept")
    }
    try stage.rename(spare, to: folder, as: name, "content.restore")
    // Renaming onto another name of the same file does nothing and leaves both, rename(2).
    try stage.remove(spare, "content.remove-spare")
  }

  /// A name in `stage/` that is nobody's: no leftover stands in the way, and the next recovery removes what a
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
