internal import Store

/// Deciding about each blob.
extension Marking {
  /// Decides about everything that is not live.
  ///
  /// - Parameters:
  ///   - only: The blobs that may be moved; nil for all.
  ///   - staged: What living operations have staged.
  ///   - untilFirstMove: Whether to stop at the first blob that is to be moved.
  func plan(
    only: Set<Digest>? = nil, staged: StagedContent, untilFirstMove: Bool = false
  ) throws(JournalError) -> CollectionPlan {
    var plan = CollectionPlan()
    plan.window = try UndoWindow(database).text
    plan.unknownFiles = inventory.unknownFiles
    let abandoned = try database.abandonedBlobs()
    let damaged = damaged
    let candidates = candidates(only)
    for digest in untilFirstMove ? candidates : candidates.sorted() {
      guard let status = try status(of: digest) else { continue }
      var reason = try reason(digest, status, staged, abandoned)
      if reason == .neverReached, !damaged.isEmpty { reason = .uncertain }
      let item = CollectionPlan.Item(digest: digest, size: status.size, reason: reason)
      switch item.reason {
      case .onlyHistory: plan.kept.append(item)
      case .outsideWindow, .neverReached: plan.withdrawn.append(item)
      case .young, .inUse, .uncertain: plan.spared.append(item)
      }
      if untilFirstMove, !plan.withdrawn.isEmpty || !plan.kept.isEmpty { return plan }
    }
    if untilFirstMove { plan.spared.sort { $0.digest < $1.digest } }
    if only == nil { try addCopies(to: &plan) }
    plan.missing = missing
    plan.damaged = damaged.sorted()
    plan.unexamined = cache.unexamined.sorted()
    return plan
  }

  /// The plan of a collection that has nothing to do under the lock; nil when there is something to
  /// move, to bring back or to remember.
  ///
  /// Looks no further than it must: what is to be done is decided again under the lock.
  func idlePlan(staged: StagedContent) throws(JournalError) -> CollectionPlan? {
    guard missing.isEmpty else { return nil }
    let plan = try plan(staged: staged, untilFirstMove: true)
    return plan.withdrawn.isEmpty && plan.kept.isEmpty && cache.newReferences.isEmpty ? plan : nil
  }

  /// The blobs that index.json needs and that have no file.
  var missing: [Digest] {
    reach.marks.filter {
      $0.value.strength <= .live && $0.value.isRequired && !inventory.blobs.contains($0.key)
    }.map(\.key).sorted()
  }

  /// What is not live: below `blobs/`, or below `keep/` alone and not needed by the history.
  private func candidates(_ only: Set<Digest>?) -> [Digest] {
    var candidates: [Digest] = []
    for digest in inventory.blobs where !reach.isReached(digest, as: .live) {
      candidates.append(digest)
    }
    for digest in inventory.kept
    where !reach.isReached(digest, as: .history) && !inventory.blobs.contains(digest) {
      candidates.append(digest)
    }
    if let only { candidates.removeAll { !only.contains($0) } }
    return candidates
  }

  /// The file of a blob, wherever it is; nil when it is gone, or no regular file.
  private func status(of digest: Digest) throws(JournalError) -> FileStatus? {
    do throws(SyscallError) {
      var found = try layout.blobs.status(of: digest)
      if found == nil {
        found = try control?.keep.status(of: BlobStore.relativePath(of: digest))
      }
      return found?.kind == .regular ? found : nil
    } catch {
      throw .system(error)
    }
  }

  private func reason(
    _ digest: Digest, _ status: FileStatus, _ staged: StagedContent, _ abandoned: Set<Digest>
  ) throws(JournalError) -> CollectionPlan.Reason {
    if staged.inodes.contains(status.inode) || staged.viewed.contains(digest) { return .inUse }
    if reach.isReached(digest, as: .history) { return .onlyHistory }
    try markPast()
    if reach[digest] != nil { return .outsideWindow }
    if inventory.kept.contains(digest) || abandoned.contains(digest) { return .outsideWindow }
    let changed = max(status.modificationTime.seconds, status.changeTime.seconds)
    if grace > 0, now.secondsSinceEpoch - changed < grace { return .young }
    return .neverReached
  }

  /// Documents that somebody needs and that do not tell what they need.
  private var damaged: [Digest] {
    cache.problems.keys.filter { cache.isDamaged($0) && reach.isReached($0, as: .history) }
  }

  /// Adds what nothing needs and what is left of only as a copy in the database.
  private func addCopies(to plan: inout CollectionPlan) throws(JournalError) {
    let copies = try database.documentDigests().filter {
      !reach.isReached($0, as: .history) && !inventory.blobs.contains($0)
        && !inventory.kept.contains($0)
    }
    for digest in copies {
      guard let bytes = try database.document(digest) else { continue }
      plan.withdrawn.append(
        .init(digest: digest, size: Int64(bytes.count), reason: .outsideWindow))
    }
    if !copies.isEmpty { plan.withdrawn.sort { $0.digest < $1.digest } }
  }
}
