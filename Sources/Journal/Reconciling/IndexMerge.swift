internal import Store

/// A three-way merge of index.json, entry by entry.
///
/// Unchanged on one side: the other side's. Changed on both to the same: that. Changed on both to
/// different things: ours stays, theirs is kept as a conflict.
public struct IndexMerge: Sendable {
  /// What the foreign writer changed, relative to our state: sorted by key.
  public let net: [TagEdit]
  /// What has to be put back, relative to the foreign writer's state: sorted by key.
  public let reapplied: [TagEdit]
  /// Where both sides had changed the same entries.
  public let conflicts: [OperationRecord.Conflict]

  /// Merges what a foreign writer made of `base` into what we made of it.
  init(base: IndexState, ours: IndexState, theirs: IndexState) {
    var net: [TagEdit] = []
    var reapplied: [TagEdit] = []
    var conflicts: [OperationRecord.Conflict] = []
    for edit in ours.difference(to: theirs) {
      let original = base[edit.key]
      if IndexState.isSame(edit.before, original) {
        net.append(edit)
      } else {
        reapplied.append(edit.inverse)
        if !IndexState.isSame(edit.after, original) {
          conflicts.append(OperationRecord.Conflict(key: edit.key, theirs: edit.after))
        }
      }
    }
    self.net = net
    self.reapplied = reapplied
    self.conflicts = conflicts
  }

  /// The result of taking the foreign writer's state as it is.
  init(adopting theirs: IndexState, over ours: IndexState) {
    net = ours.difference(to: theirs)
    reapplied = []
    conflicts = []
  }

  init(
    net: [TagEdit], reapplied: [TagEdit], conflicts: [OperationRecord.Conflict]
  ) {
    self.net = net
    self.reapplied = reapplied
    self.conflicts = conflicts
  }

  /// The merge when entries of ours cannot be put back: there the foreign writer's change stands.
  func givingUp(_ lost: Set<EntryKey>) -> IndexMerge {
    let given = reapplied.filter { lost.contains($0.key) }.map(\.inverse)
    return IndexMerge(
      net: (net + given).sorted { $0.key < $1.key },
      reapplied: reapplied.filter { !lost.contains($0.key) },
      conflicts: conflicts.filter { !lost.contains($0.key) })
  }

  /// The merge when changes of entries are damage: ours are put back.
  func takingBack(_ damaged: Set<EntryKey>) -> IndexMerge {
    let back = net.filter { damaged.contains($0.key) }.map(\.inverse)
    return IndexMerge(
      net: net.filter { !damaged.contains($0.key) },
      reapplied: (reapplied + back).sorted { $0.key < $1.key }, conflicts: conflicts)
  }

  /// The merge when changes of entries lead nowhere: ours are put back, and theirs are conflicts.
  func refusing(_ unfounded: Set<EntryKey>) -> IndexMerge {
    let refused = net.filter { unfounded.contains($0.key) }
      .map { OperationRecord.Conflict(key: $0.key, theirs: $0.after) }
    let back = takingBack(unfounded)
    return IndexMerge(
      net: back.net, reapplied: back.reapplied,
      conflicts: (conflicts + refused).sorted { $0.key < $1.key })
  }

  /// The merge when entries of the foreign writer's cannot be taken over: they wait as conflicts.
  func holdingBack(_ lost: Set<EntryKey>) -> IndexMerge {
    let held = net.filter { lost.contains($0.key) }
      .map { OperationRecord.Conflict(key: $0.key, theirs: $0.after) }
    return IndexMerge(
      net: net.filter { !lost.contains($0.key) }, reapplied: reapplied,
      conflicts: (conflicts + held).sorted { $0.key < $1.key })
  }

  /// Whether the foreign writer changed nothing, and only overwrote what we had published meanwhile.
  var isStale: Bool { net.isEmpty && conflicts.isEmpty && !reapplied.isEmpty }

  /// Whether the foreign writer changed nothing that we know of, and nothing of ours is missing.
  var isEmpty: Bool { net.isEmpty && reapplied.isEmpty && conflicts.isEmpty }
}
