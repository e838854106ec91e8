internal import Store

/// Swapping a staged index.json with the one in place: the commit point of every operation.
struct IndexExchange {
  /// The staged index in an operation's stage; after the swap, what it replaced.
  static let stagedName = "index.json"

  /// Where the index that was replaced can be looked at.
  enum Replaced {
    /// In the operation's stage, by the staged index's name.
    case inStage
    /// Read through a descriptor opened before; its inode is gone.
    case bytes([UInt8])
    /// There was none, or it could not be read.
    case unknown
  }

  /// The name that an operation gives its staged index when it takes it back.
  static let retractedName = "withdrawn.json"

  let session: Session

  /// Swaps and makes the new index durable.
  ///
  /// Visible to every reader from one instant to the next, and durable when this returns. When it
  /// throws, the old index is in place again.
  ///
  /// - Parameter digest: The digest of the new index.
  /// - Throws: ``JournalError/notDurable(_:)`` when the new index was in place, could not be synced
  ///   and could not be taken back: the operation has happened.
  func publish(from stage: OpenDirectory, _ digest: Digest) throws(JournalError) -> Replaced {
    let root = session.layout.root
    let old = try? root.openFile(LayoutPaths.index)
    let isExchanged = try session.system { () throws(SyscallError) in try swap(stage) }
    do throws(SyscallError) {
      try session.durability.sync(root, "publish.sync-layout")
    } catch {
      // After a mere rename there is nothing left to put back.
      guard isExchanged else { throw .notDurable(error) }
      try takeBack(digest, stage, after: error)
    }
    guard !isExchanged, let bytes = try? old?.readToEnd(limit: ImageLayout.maximumIndexSize)
    else { return isExchanged ? .inStage : .unknown }
    return .bytes(bytes)
  }

  /// Not durable is not done: puts the old index back before anybody is told that it happened.
  ///
  /// Unless another tool has published since: his version stays, and ours, which he has seen or
  /// overwritten, has happened.
  func takeBack(
    _ digest: Digest, _ stage: OpenDirectory, after failure: SyscallError
  ) throws(JournalError) -> Never {
    guard (try? putBack(digest, stage)) == true else { throw .notDurable(failure) }
    throw .system(failure)
  }

  /// - Returns: Whether the old index is in place.
  private func putBack(
    _ digest: Digest, _ stage: OpenDirectory
  ) throws(SyscallError) -> Bool {
    guard try isIndex(digest, LayoutPaths.index, in: session.layout.root) else { return false }
    _ = try swap(stage)
    if try isIndex(digest, Self.stagedName, in: stage) { return true }
    // He came between the look and the swap.
    _ = try swap(stage)
    return false
  }

  private func isIndex(
    _ digest: Digest, _ name: String, in folder: OpenDirectory
  ) throws(SyscallError) -> Bool {
    let bytes = try folder.readRegularFile(name, limit: ImageLayout.maximumIndexSize)
    return bytes.map { Digest.sha256(of: $0) } == digest
  }

  /// - Returns: False where the file system could only rename.
  private func swap(_ stage: OpenDirectory) throws(SyscallError) -> Bool {
    let root = session.layout.root
    do throws(SyscallError) {
      try stage.exchange(Self.stagedName, with: root, LayoutPaths.index, "publish.exchange")
      return true
    } catch {
      guard error.isUnsupported || error.code == SyscallError.noEntry else { throw error }
    }
    // No exchange on this file system, or no index.json to exchange with.
    try stage.rename(Self.stagedName, to: root, as: LayoutPaths.index, "publish.rename")
    return false
  }

  /// Puts what came out of the swap where late in-place writers can be noticed.
  ///
  /// What is not what was expected is marked as unmerged in the same step, so that no crash can
  /// make it forgotten.
  ///
  /// - Returns: Whether it was what was expected, or is gone already.
  func moveReplaced(
    from stage: OpenDirectory, operation sequence: Int64, expecting expected: Digest?
  ) throws(JournalError) -> Bool {
    try session.system { () throws(SyscallError) in
      guard try stage.status(of: Self.stagedName) != nil else { return true }
      let file = try stage.openFile(Self.stagedName)
      let status = try file.status()
      let bytes = try file.readToEnd(limit: ImageLayout.maximumIndexSize) ?? []
      let digest = Digest.sha256(of: bytes)
      let isExpected = expected == nil || digest == expected
      if isExpected, status.linkCount > 1 {
        // A copy of hard links: what is written into it is written into the other layout.
        try stage.remove(Self.stagedName, "publish.remove-displaced")
        return true
      }
      let replaced = ReplacedIndex(
        sequence: sequence, digest: digest, status: status, isUnmerged: !isExpected)
      try stage.rename(
        Self.stagedName, to: session.control.displaced, as: replaced.name,
        "publish.move-displaced")
      return isExpected
    }
  }

  /// Keeps what a mere rename has replaced, if it was not what was expected: as a replaced index that
  /// is still to be merged.
  ///
  /// - Returns: Whether it was what was expected.
  func keepReplaced(
    _ bytes: [UInt8], operation sequence: Int64, expecting expected: Digest?
  ) throws(JournalError) -> Bool {
    let digest = Digest.sha256(of: bytes)
    if digest == expected { return true }
    return try session.system { () throws(SyscallError) in
      let folder = session.control.displaced
      let name = "replaced.json"
      try folder.remove(name, "publish.remove-copy")
      let file = try folder.createFile(
        name, policy: session.control.policy, "publish.create-copy")
      try file.write(bytes, "publish.write-copy")
      try session.durability.sync(file, "publish.sync-copy")
      let replaced = ReplacedIndex(
        sequence: sequence, digest: digest, status: try file.status(), isUnmerged: true)
      try folder.rename(name, to: folder, as: replaced.name, "publish.move-displaced")
      try session.durability.sync(folder, "publish.sync-displaced")
      return false
    }
  }

  /// What lies in the stage of an operation that has a place in the history.
  func staged(
    _ stored: StoredOperation
  ) throws(JournalError) -> RecoveryEvidence.StagedIndex {
    if try isRetracted(stored.id) { return .retracted }
    let bytes: [UInt8]?
    do throws(SyscallError) {
      bytes = try session.control.stage.openDirectory(stored.id.text)
        .readRegularFile(Self.stagedName, limit: ImageLayout.maximumIndexSize)
    } catch {
      if error.isNotFound { return .absent }
      throw .system(error)
    }
    // Nil is what another tool had put in the place of index.json, and what is no file.
    if bytes.map(stored.isPublished(as:)) == true { return .new }
    return try isIndexItself(stored.id) ? .halfSwapped : .replaced
  }

  /// Whether what lies in a stage under the name of the index is the very file that is index.json.
  private func isIndexItself(_ id: OperationID) throws(JournalError) -> Bool {
    try session.system { () throws(SyscallError) in
      let staged = try session.control.stage.status(of: id.text + "/" + Self.stagedName)
      let index = try session.layout.root.status(of: LayoutPaths.index)
      guard let staged, let index else { return false }
      return staged.isSameFile(as: index)
    }
  }

  /// Reads the index in a stage.
  func readStaged(_ stage: OpenDirectory) throws(JournalError) -> IndexFile {
    let bytes = try session.system { () throws(SyscallError) in
      try stage.readRegularFile(Self.stagedName, limit: ImageLayout.maximumIndexSize)
    }
    do throws(LayoutError) {
      return try IndexFile(parsing: bytes ?? [], path: stage.path(of: Self.stagedName))
    } catch {
      throw .layout(error)
    }
  }

  /// Takes a staged index back, so that recovery will not publish it: the row in the database may
  /// outlive a full disk.
  func retract(_ operation: OperationID) throws(JournalError) {
    try session.system { () throws(SyscallError) in
      do throws(SyscallError) {
        let stage = try session.control.stage.openDirectory(operation.text)
        try stage.rename(
          Self.stagedName, to: stage, as: Self.retractedName, "publish.retract")
        try session.durability.sync(stage, "publish.sync-retracted")
      } catch {
        guard error.isNotFound else { throw error }
      }
    }
  }

  /// Whether an operation took its staged index back.
  func isRetracted(_ operation: OperationID) throws(JournalError) -> Bool {
    try session.system { () throws(SyscallError) in
      try session.control.stage.status(of: operation.text + "/" + Self.retractedName) != nil
    }
  }
}
