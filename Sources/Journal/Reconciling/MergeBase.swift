internal import Store

/// Finds the state that a foreign writer started from.
struct MergeBase {
  /// How many states with the same stamp are compared.
  static let maximumCandidates: Int64 = 16

  let database: JournalDatabase
  let head: Head?

  init(_ database: JournalDatabase, head: Head?) {
    self.database = database
    self.head = head
  }

  /// Merges a foreign index.json with what the history ends with.
  ///
  /// A file that says nothing but what index.json said before is stale, whatever the policy: it was
  /// read before we published, and written back.
  ///
  /// - Throws: ``JournalError/journalBehind(stamp:head:)`` when its stamp is not of this history.
  func merge(_ found: IndexFile, _ policy: ForeignPolicy) throws(JournalError) -> IndexMerge {
    let theirs = IndexState(found.index)
    let ours = try head.map { (head) throws(JournalError) in try database.state(at: head.sequence) }
    guard let ours else { return IndexMerge(adopting: theirs, over: IndexState()) }
    let merge = try IndexMerge(
      base: state(for: found, theirs: theirs) ?? ours, ours: ours, theirs: theirs)
    return policy == .adopt && !merge.isStale ? IndexMerge(adopting: theirs, over: ours) : merge
  }

  /// The state that a foreign index.json was made from; nil when nothing tells.
  ///
  /// Of several states with its stamp the nearest to it counts, the newest on a tie: foreign
  /// writers on top of one another keep the stamp that they found.
  ///
  /// - Throws: ``JournalError/journalBehind(stamp:head:)`` when the stamp is not of this history.
  func state(for found: IndexFile, theirs: IndexState) throws(JournalError) -> IndexState? {
    let text = found.index.annotation(CommitMarker.key)
    let candidates = try database.operations(stamped: text, limit: Self.maximumCandidates)
    if candidates.isEmpty, try !knows(found) {
      throw .journalBehind(stamp: text ?? "", head: head?.stamp ?? "its beginning")
    }
    var best: (distance: Int, state: IndexState)?
    for candidate in candidates {
      guard let sequence = candidate.sequence else { continue }
      let state = try state(after: sequence)
      let distance = state.difference(to: theirs).count
      if best.map({ distance < $0.distance }) ?? true { best = (distance, state) }
    }
    // Nothing of ours has happened since, and it is as it once was: what another tool did meanwhile was
    // taken back by another tool.
    if best?.distance == 0, let head, try database.lastPublishedStamp() == text {
      return try database.state(at: head.sequence)
    }
    return best?.state
  }

  /// Whether the stamp of an index.json, if it has one, is of this history.
  func knows(_ found: IndexFile) throws(JournalError) -> Bool {
    guard let stamp = found.index.annotation(CommitMarker.key).flatMap({ CommitMarker($0) }) else {
      return true
    }
    return try database.operation(stamp.operation)?.sequence == stamp.sequence
  }

  /// What index.json really held after an operation: for a foreign one whose lost updates were reapplied at once,
  /// what the other tool wrote.
  private func state(after sequence: Int64) throws(JournalError) -> IndexState {
    if let bytes = try database.foreignSnapshot(sequence: sequence),
      let file = try? IndexFile(parsing: bytes, path: "snapshot \(sequence)")
    {
      return IndexState(file.index)
    }
    return try database.state(at: sequence)
  }
}
