internal import Store

/// What a garbage collection is going to move, decided under the lock: the second phase, and the only one from
/// which a record gets its moves.
struct LockedPlan {
  /// What was decided.
  private(set) var plan: CollectionPlan
  /// For the record.
  let moves: BlobRelocations
  /// What was found out about documents on the way; it is in the database already when nothing moves.
  let newReferences: [(document: BlobReference, references: [BlobReference])]

  /// Marks again from the roots of now, brings back what index.json misses, and decides.
  ///
  /// - Parameter id: The operation of this process.
  init(
    _ marking: Marking, _ locked: LockedJournal, except id: OperationID
  ) throws(JournalError) {
    let roots = try CollectionRoots(of: locked)
    try marking.mark(from: roots)
    let (restored, lost) = try Self.bringBack(marking.missing, marking.reach, locked)
    if restored > 0 { try marking.mark(from: roots) }
    plan = try marking.plan(
      staged: StagedContent(locked.session.control, locked.storage, except: id))
    plan.missing = lost
    moves = BlobRelocations(plan)
    let newReferences = marking.cache.newReferences
    self.newReferences = newReferences
    guard moves.isEmpty, !newReferences.isEmpty else { return }
    try locked.database.transaction { () throws(JournalError) in
      try locked.database.insertReferences(newReferences)
    }
  }

  /// Brings back what index.json needs and somebody has taken away.
  private static func bringBack(
    _ missing: [Digest], _ reach: Reachability, _ locked: LockedJournal
  ) throws(JournalError) -> (restored: Int, lost: [Digest]) {
    let session = locked.session
    let restorer = ContentRestorer(session, locked.database, stage: nil)
    var (restored, lost): (Set<String>, [Digest]) = ([], [])
    for digest in missing {
      let descriptor = Descriptor(
        mediaType: "application/octet-stream", digest: digest, size: reach[digest]?.size ?? 0)
      if try restorer.restore(descriptor) {
        restored.insert(digest.algorithm.name)
      } else {
        lost.append(digest)
      }
    }
    let (count, algorithms) = (missing.count - lost.count, restored)
    guard count > 0 else { return (0, lost) }
    try session.system { () throws(SyscallError) in
      try session.layout.blobs.syncFolders(algorithms, session.durability)
    }
    locked.report.notes.append(
      "\(count) blob(s) that index.json needs were gone and have been brought back")
    return (count, lost)
  }
}

extension BlobRelocations {
  fileprivate init(_ plan: CollectionPlan) {
    self.init()
    withdrawn = plan.withdrawn.map { .init(digest: $0.digest, size: $0.size) }
    kept = plan.kept.map { .init(digest: $0.digest, size: $0.size) }
  }

  /// What a reversal moves now; whether what it brings back is still there was looked at before
  /// (``Reversal/check(_:in:)``).
  ///
  /// - Parameter id: The operation of this process.
  init(
    _ reversal: BlobReversal, _ locked: LockedJournal, except id: OperationID
  ) throws(JournalError) {
    let session = locked.session
    switch reversal {
    case .bringBack(let blobs):
      self.init()
      restored = try session.system { () throws(SyscallError) in
        var absent: [OperationRecord.AddedBlob] = []
        for blob in blobs where try !session.layout.blobs.contains(blob.digest, size: blob.size) {
          absent.append(blob)
        }
        return absent
      }
    case .takeAway(let blobs):
      let staged = try StagedContent(session.control, locked.storage, except: id)
      self.init(try Marking(locked).plan(only: Set(blobs.map(\.digest)), staged: staged))
    }
  }
}
