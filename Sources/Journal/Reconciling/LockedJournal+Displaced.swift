internal import Store

/// Taking in what was written too late: into an inode that one of our operations had displaced.
extension LockedJournal {
  /// Takes in an index that a foreign writer wrote into an inode which was no longer index.json.
  ///
  /// - Parameter bytes: What he wrote. Its base is the state that its own stamp names, not the
  ///   state that was displaced.
  func absorbLate(_ bytes: [UInt8]) throws(JournalError) {
    let found: IndexFile
    do throws(LayoutError) {
      found = try IndexFile(parsing: bytes, path: "a displaced index.json")
    } catch {
      // Still being written, or never to be finished: it stays unmerged and is looked at again.
      return report.notes.append("\(error)")
    }
    guard let late = try lateMerge(found) else { return }
    let merge = try withoutUnusable(late)
    guard !merge.net.isEmpty || !merge.conflicts.isEmpty else { return }
    try check(merge, found)
    let external = try sealExternal(merge, found, previous: head?.indexAfter)
    guard !merge.net.isEmpty else { return try commit(external, merge, late: found.bytes) }
    try publishHeal(merge.net, of: merge, found, external: external)
  }

  /// Merges what came too late, always by its own stamp.
  ///
  /// The setting `adopt` does not count: taking such bytes as they are would take back what displaced
  /// them.
  func lateMerge(_ found: IndexFile) throws(JournalError) -> IndexMerge? {
    let (ours, theirs) = (IndexState(current.index), IndexState(found.index))
    do throws(JournalError) {
      let base = try MergeBase(database, head: head).state(for: found, theirs: theirs)
      return IndexMerge(base: base ?? ours, ours: ours, theirs: theirs)
    } catch {
      guard case .journalBehind(let stamp, _) = error else { throw error }
      // Nothing is known of where it came from; index.json itself is not concerned.
      report.notes.append(
        "a displaced index.json is of a state that this history does not know, \(stamp)")
      return nil
    }
  }

  /// Looks at the inodes that index.json had before: somebody may have written to one since.
  func settleDisplaced() throws(JournalError) {
    let folder = session.control.displaced
    let names = try session.system { () throws(SyscallError) in try folder.entryNames() }
    for name in names {
      guard let displaced = DisplacedFile(name: name) else { continue }
      let status = try session.system { () throws(SyscallError) in try folder.status(of: name) }
      guard let status, displaced.isChanged(status) else { continue }
      let bytes = try session.system { () throws(SyscallError) in
        try folder.readRegularFile(name, limit: ImageLayout.maximumIndexSize)
      }
      guard let bytes, (try? IndexFile(parsing: bytes, path: name)) != nil else { continue }
      let seen = DisplacedFile(
        sequence: displaced.sequence, digest: Digest.sha256(of: bytes), status: status)
      // A copy of a layout has new times, and nobody has written anything.
      if head != nil, !displaced.hasSameContent(as: seen) { try absorbLate(bytes) }
      try session.system { () throws(SyscallError) in
        do throws(SyscallError) {
          try folder.rename(name, to: folder, as: seen.name, "settle.mark-merged")
        } catch {
          // Healing it found another one, and marked both.
          guard error.isNotFound else { throw error }
        }
      }
    }
    removeOldDisplaced(names)
  }

  /// Removes indexes that were replaced long ago and hold nothing that is not merged, and the oldest when
  /// there are too many; whatever else lies there is not ours to remove.
  private func removeOldDisplaced(_ all: [String]) {
    let names = all.filter { DisplacedFile(name: $0) != nil }
    let spare = names.dropLast(DisplacedFile.keptAtLeast)
    guard !spare.isEmpty else { return }
    let limit = session.invocation.now().secondsSinceEpoch - DisplacedFile.keptSeconds
    let folder = session.control.displaced
    for (index, name) in spare.enumerated() {
      guard let status = try? folder.status(of: name) else { continue }
      let isSurplus = names.count - index > DisplacedFile.keptAtMost
      let isMerged = DisplacedFile(name: name)?.isChanged(status) == false
      guard isSurplus || isMerged && status.changeTime.seconds < limit else { continue }
      bestEffort("remove an old displaced index") { () throws(JournalError) in
        try session.system { () throws(SyscallError) in
          _ = try folder.remove(name, "settle.remove-displaced")
        }
      }
    }
  }
}
