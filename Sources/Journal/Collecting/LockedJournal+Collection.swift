internal import Store

/// What a garbage collection asks for while the layout is locked.
extension LockedJournal {
  /// A collector for the layout as it is now.
  func makeCollector(_ options: CollectionOptions) -> GarbageCollector {
    GarbageCollector(
      session.layout, session.control, database, options, now: session.invocation.now())
  }

  /// Everything that must be marked from.
  func collectionRoots() throws(JournalError) -> CollectionRoots {
    try CollectionRoots(
      current.index, database, displaced: unmergedIndexes(), now: session.invocation.now())
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

  /// The blobs in `blobs/` that have a name in an operation's stage: what it has linked.
  ///
  /// Looks at every blob, but only after a death in the short time between linking and preparing.
  func linkedBlobs(of id: OperationID) throws(JournalError) -> [Digest] {
    var inodes: Set<UInt64> = []
    var linked: [Digest] = []
    try session.system { () throws(SyscallError) in
      guard let stage = try session.control.stage.openIfThere(id.text) else { return }
      for name in try stage.entryNames() {
        guard let status = try stage.status(of: name), status.linkCount > 1 else { continue }
        inodes.insert(status.inode)
      }
      guard !inodes.isEmpty else { return }
      for digest in try BlobInventory(session.layout, keep: nil).blobs {
        guard let status = try session.layout.blobs.status(of: digest) else { continue }
        if inodes.contains(status.inode) { linked.append(digest) }
      }
    }
    return linked
  }

  /// Brings back what index.json needs and somebody has taken away.
  ///
  /// - Returns: What is nowhere to be found.
  func bringBackMissing(_ collector: GarbageCollector) throws(JournalError) -> [Digest] {
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
    report.notes.append(
      "\(restored.count) blob(s) that index.json needs were gone and have been brought back")
    try collector.takeInventory()
    try collector.mark()
    return lost
  }
}

/// The moves that take back an operation which moved blobs.
public enum BlobReversal: Equatable, Sendable {
  /// Back into `blobs/`.
  case bringBack([OperationRecord.AddedBlob])
  /// Out of it again, as far as nothing needs them now.
  case takeAway([OperationRecord.AddedBlob])

  /// The reversal of a record; nil when it moved nothing.
  public init?(of record: OperationRecord) {
    let moves = record.moves
    if moves.isEmpty { return nil }
    self = moves.restored.isEmpty ? .bringBack(moves.leaving) : .takeAway(moves.restored)
  }
}

extension LockedJournal {
  /// What a reversal moves now; whether what it brings back is still there was looked at before
  /// (``Reversal/check(_:in:)``).
  func moves(for reversal: BlobReversal, of id: OperationID) throws(JournalError) -> BlobMoves {
    var moves = BlobMoves()
    switch reversal {
    case .bringBack(let blobs):
      moves.restored = try absent(blobs)
    case .takeAway(let blobs):
      let collector = makeCollector(CollectionOptions(grace: 0))
      collector.use(try collectionRoots())
      try collector.load()
      let plan = try collector.plan(
        only: Set(blobs.map(\.digest)),
        staged: StagedContent(session.control, sparing: id).inodes)
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
}
