internal import Store

/// Takes out of a merge what must not be published: nothing that misses a blob is.
struct MergeScreening {
  let journal: LockedJournal

  /// What is left of a merge of the index.json that is in place.
  func screen(_ merge: IndexMerge) throws(JournalError) -> IndexMerge {
    try withoutLost(withoutUnfounded(withoutDamage(merge)))
  }

  /// A merge that puts back only what is there: the rest stays as the foreign writer left it, and the
  /// history says so.
  private func withoutLost(_ merge: IndexMerge) throws(JournalError) -> IndexMerge {
    let lost = try unusable(merge.reapplied)
    guard !lost.isEmpty else { return merge }
    journal.report.notes.append(
      "content is gone, so what another tool overwrote cannot be put back: \(Self.text(lost))")
    return merge.givingUp(lost)
  }

  /// The merge of what came too late without what has no content: that waits as a conflict.
  func withoutUnusable(_ merge: IndexMerge) throws(JournalError) -> IndexMerge {
    let lost = try unusable(merge.net)
    guard !lost.isEmpty else { return merge }
    journal.report.notes.append(
      "content is missing, so another tool's late change cannot be taken over: \(Self.text(lost))")
    return merge.holdingBack(lost)
  }

  /// A merge in which nothing without content displaces or doubles an entry of ours that has its
  /// content: ours is put back, and theirs waits as a conflict.
  private func withoutUnfounded(_ merge: IndexMerge) throws(JournalError) -> IndexMerge {
    guard journal.mode != .adopting else { return merge }
    var unfounded: Set<EntryKey> = []
    for edit in merge.net where !edit.before.isEmpty && !edit.after.isEmpty {
      guard try isContentGone(edit.after), try !isContentGone(edit.before) else { continue }
      unfounded.insert(edit.key)
    }
    guard !unfounded.isEmpty else { return merge }
    journal.report.notes.append(
      "content is missing, so another tool's change cannot be taken over: \(Self.text(unfounded))")
    return merge.refusing(unfounded)
  }

  /// A merge that takes over nothing which only a damaged index.json can say, where a repair is asked
  /// for: an entry that says something else about the same blob.
  private func withoutDamage(_ merge: IndexMerge) throws(JournalError) -> IndexMerge {
    guard journal.mode == .repairing else { return merge }
    var damaged: Set<EntryKey> = []
    for edit in merge.net where Self.contradictsItself(edit) { damaged.insert(edit.key) }
    guard !damaged.isEmpty else { return merge }
    journal.report.notes.append("damaged in index.json, and put back: \(Self.text(damaged))")
    return merge.takingBack(damaged)
  }

  /// Whether the same digest has another type or size now, which no blob can come to.
  private static func contradictsItself(_ edit: TagEdit) -> Bool {
    edit.after.contains { after in
      edit.before.contains {
        $0.digest == after.digest && ($0.mediaType != after.mediaType || $0.size != after.size)
      }
    }
  }

  private static func text(_ keys: Set<EntryKey>) -> String {
    keys.sorted().map(\.description).joined(separator: ", ")
  }

  /// The entries of which something is missing and cannot be brought back.
  private func unusable(_ edits: [TagEdit]) throws(JournalError) -> Set<EntryKey> {
    var keys: Set<EntryKey> = []
    for edit in edits where try isContentGone(edit.after) { keys.insert(edit.key) }
    return keys
  }

  private func isContentGone(_ descriptors: [Descriptor]) throws(JournalError) -> Bool {
    try ContentRetainer.isGone(descriptors, journal.session, journal.database)
  }
}
