internal import Store

/// Taking in what was written too late: into an inode that one of our operations had replaced.
extension Reconciler {
  /// Takes in an index that a foreign writer wrote into an inode which was no longer index.json.
  ///
  /// - Parameter bytes: What he wrote. Its base is the state that its own stamp names, not the
  ///   state that was replaced.
  /// - Returns: Whether nobody slipped in while it was published.
  private func absorbLate(_ bytes: [UInt8]) throws(JournalError) -> Bool {
    let found: IndexFile
    do throws(LayoutError) {
      found = try IndexFile(parsing: bytes, path: "a replaced index.json")
    } catch {
      // Still being written, or never to be finished: it stays unmerged and is looked at again.
      journal.report.notes.append("\(error)")
      return true
    }
    guard let late = try lateMerge(found) else { return true }
    let merge = try MergeScreening(journal: journal).withoutUnusable(late)
    guard !merge.net.isEmpty || !merge.conflicts.isEmpty else { return true }
    try check(merge, found)
    let external = try finaliseExternal(merge, found, previous: journal.head?.indexAfter)
    guard !merge.net.isEmpty else {
      try commit(external, merge, late: found.bytes)
      return true
    }
    return try publishReapplied(merge.net, of: merge, found, external: external)
  }

  /// Merges what came too late, always by its own stamp.
  ///
  /// The setting `adopt` does not count: taking such bytes as they are would take back what replaced
  /// them.
  func lateMerge(_ found: IndexFile) throws(JournalError) -> IndexMerge? {
    let (ours, theirs) = (IndexState(journal.current.index), IndexState(found.index))
    do throws(JournalError) {
      let base = try MergeBase(database, head: journal.head).state(for: found, theirs: theirs)
      return IndexMerge(base: base ?? ours, ours: ours, theirs: theirs)
    } catch {
      guard case .journalBehind(let stamp, _) = error else { throw error }
      // Nothing is known of where it came from; index.json itself is not concerned.
      journal.report.notes.append(
        "a replaced index.json is of a state that this history does not know, \(stamp)")
      return nil
    }
  }

  /// Takes in what somebody has written into inodes that index.json had before.
  ///
  /// Publishing it may replace what another one has written meanwhile: then all are looked at once more.
  func absorbReplaced() throws(JournalError) {
    let folder = session.control.displaced
    for _ in 0...Self.maximumRounds {
      let names = try session.system { () throws(SyscallError) in try folder.entryNames() }
      var isAlone = true
      for name in names where try !absorb(replaced: name, in: folder) { isAlone = false }
      removeOldReplaced(names)
      if isAlone { return }
    }
  }

  /// - Returns: Whether nobody slipped in while it was published.
  private func absorb(
    replaced name: String, in folder: OpenDirectory
  ) throws(JournalError) -> Bool {
    guard let replaced = ReplacedIndex(name: name) else { return true }
    let status = try session.system { () throws(SyscallError) in try folder.status(of: name) }
    guard let status, replaced.isChanged(status) else { return true }
    let bytes = try session.system { () throws(SyscallError) in
      try folder.readRegularFile(name, limit: ImageLayout.maximumIndexSize)
    }
    guard let bytes, (try? IndexFile(parsing: bytes, path: name)) != nil else { return true }
    let seen = ReplacedIndex(
      sequence: replaced.sequence, digest: Digest.sha256(of: bytes), status: status)
    var isAlone = true
    // A copy of a layout has new times, and nobody has written anything.
    if journal.head != nil, !replaced.hasSameContent(as: seen) { isAlone = try absorbLate(bytes) }
    try session.system { () throws(SyscallError) in
      try folder.rename(name, to: folder, as: seen.name, "reconcile.mark-merged")
    }
    return isAlone
  }

  /// Removes indexes that were replaced long ago and hold nothing that is not merged, and the oldest when
  /// there are too many; whatever else lies there is not ours to remove.
  private func removeOldReplaced(_ all: [String]) {
    let names = all.filter { ReplacedIndex(name: $0) != nil }
    let spare = names.dropLast(ReplacedIndex.keptAtLeast)
    guard !spare.isEmpty else { return }
    let limit = session.invocation.now().secondsSinceEpoch - ReplacedIndex.keptSeconds
    let folder = session.control.displaced
    for (index, name) in spare.enumerated() {
      guard let status = try? folder.status(of: name) else { continue }
      let isSurplus = names.count - index > ReplacedIndex.keptAtMost
      let isMerged = ReplacedIndex(name: name)?.isChanged(status) == false
      guard isSurplus || isMerged && status.changeTime.seconds < limit else { continue }
      journal.bestEffort("remove an old replaced index") { () throws(JournalError) in
        try session.system { () throws(SyscallError) in
          _ = try folder.remove(name, "reconcile.remove-replaced")
        }
      }
    }
  }
}
