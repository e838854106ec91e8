internal import Store

/// What is going to be deleted for good, decided under the lock: the last phase of a garbage collection.
struct ExpiryPlan {
  /// The trash that goes.
  let due: TrashView.Expiry
  /// The trash that stays.
  let left: TrashView.Expiry

  /// Brings back what somebody needs of the trash that is old enough, and decides.
  ///
  /// Whoever came to need it should have taken it out himself: this is the last chance.
  ///
  /// - Parameters:
  ///   - markings: By what each of them has marked something is needed.
  ///   - limit: The time before which trash goes.
  ///   - id: The operation of this process.
  init(
    _ markings: [Marking], _ trash: TrashView, before limit: Timestamp, _ locked: LockedJournal,
    except id: OperationID
  ) throws(JournalError) {
    let found = try trash.expiry(before: limit)
    if !found.operations.isEmpty {
      let roots = try CollectionRoots(of: locked)
      // What the tools under `exec` see, they may be making images of.
      let viewed = try StagedContent(locked.session.control, locked.storage, except: id).viewed
      for marking in markings {
        try marking.mark(from: roots)
        try Self.rescue(found.digests, marking.reach, viewed, locked)
      }
    }
    due = try trash.expiry(before: limit)
    left = try trash.expiry(before: nil).without(due)
  }

  private static func rescue(
    _ digests: [Digest], _ reach: Reachability, _ viewed: Set<Digest>, _ locked: LockedJournal
  ) throws(JournalError) {
    let session = locked.session
    let finder = ContentFinder(session.layout, session.control, locked.database)
    let restorer = ContentRestorer(session, locked.database, stage: nil)
    var rescued = 0
    for digest in Set(digests).sorted()
    where viewed.contains(digest) || reach.isReached(digest, as: .history) {
      let withdrawn = try finder.find(digest, in: [.trash])
      guard let size = reach[digest]?.size ?? withdrawn?.size,
        try finder.find(digest, size: size, in: [.blobs, .keep]) == nil
      else { continue }
      let descriptor = Descriptor(
        mediaType: "application/octet-stream", digest: digest, size: size)
      if try restorer.restore(descriptor) { rescued += 1 }
    }
    if rescued > 0 {
      locked.report.notes.append(
        "\(rescued) blob(s) are needed and were brought back from the trash")
    }
  }
}
