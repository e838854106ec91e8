internal import Store

/// What a garbage collection asks for while the layout is locked.
struct CollectionScope {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }

  /// A collector for the layout as it is now.
  func collector(_ options: CollectionOptions) -> Marking {
    Marking(
      session.layout, session.control, database, options, now: session.invocation.now())
  }

  /// Everything that must be marked from.
  func roots() throws(JournalError) -> CollectionRoots {
    try CollectionRoots(
      journal.current.index, database, displaced: unmergedIndexes(), now: session.invocation.now())
  }

  /// What was written into an inode that index.json had before and could not be merged yet.
  private func unmergedIndexes() throws(JournalError) -> [ImageIndex] {
    let folder = session.control.displaced
    var found: [ImageIndex] = []
    let names = try session.system { () throws(SyscallError) in try folder.entryNames() }
    for name in names {
      guard let displaced = DisplacedFile(name: name) else { continue }
      let bytes = try session.system { () throws(SyscallError) -> [UInt8]? in
        guard let status = try folder.status(of: name), displaced.isChanged(status) else {
          return nil
        }
        return try folder.readRegularFile(name, limit: ImageLayout.maximumIndexSize)
      }
      if let bytes, let file = try? IndexFile(parsing: bytes, path: name) {
        found.append(file.index)
      }
    }
    return found
  }

  /// Brings back what index.json needs and somebody has taken away.
  ///
  /// - Returns: What is nowhere to be found.
  func bringBackMissing(_ collector: Marking) throws(JournalError) -> [Digest] {
    var restored: [Digest] = []
    var lost: [Digest] = []
    let restorer = ContentRestorer(session, database, stage: nil)
    for digest in collector.missing(as: .live) {
      let descriptor = Descriptor(
        mediaType: "application/octet-stream", digest: digest,
        size: collector.reach[digest]?.size ?? 0)
      if try restorer.restore(descriptor) { restored.append(digest) } else { lost.append(digest) }
    }
    guard !restored.isEmpty else { return lost }
    let algorithms = Set(restored.map(\.algorithm.name))
    try session.system { () throws(SyscallError) in
      try session.layout.blobs.syncFolders(algorithms, session.durability)
    }
    journal.report.notes.append(
      "\(restored.count) blob(s) that index.json needs were gone and have been brought back")
    try collector.takeInventory()
    try collector.mark()
    return lost
  }

  /// What a reversal moves now; whether what it brings back is still there was looked at before
  /// (``Reversal/check(_:in:)``).
  func moves(for reversal: BlobReversal, of id: OperationID) throws(JournalError) -> BlobMoves {
    var moves = BlobMoves()
    switch reversal {
    case .bringBack(let blobs):
      moves.restored = try absent(blobs)
    case .takeAway(let blobs):
      let collector = collector(CollectionOptions(grace: 0))
      collector.use(try roots())
      try collector.load()
      let plan = try collector.plan(
        only: Set(blobs.map(\.digest)),
        staged: StagedContent(session.control, sparing: id))
      moves = plan.moves
    }
    return moves
  }

  private func absent(
    _ blobs: [OperationRecord.AddedBlob]
  ) throws(JournalError) -> [OperationRecord.AddedBlob] {
    try session.system { () throws(SyscallError) in
      var absent: [OperationRecord.AddedBlob] = []
      for blob in blobs where try !session.layout.blobs.contains(blob.digest, size: blob.size) {
        absent.append(blob)
      }
      return absent
    }
  }

  /// Everything that somebody needs now.
  func needed() throws(JournalError) -> Reachability {
    let collector = collector(CollectionOptions())
    collector.use(try roots())
    try collector.load()
    return collector.reach
  }
}
