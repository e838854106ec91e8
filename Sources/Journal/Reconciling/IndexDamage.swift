internal import Store

/// What is wrong with an index.json outside of its entries, held against the history: something that no
/// tool does to it, and a damaged disk does.
///
/// Tools that rewrite the file keep its other members. Where the entries differ, somebody may have meant
/// it, and merging decides.
struct IndexDamage {
  /// What it is, in words.
  let reason: String

  /// Compares; nil when nothing is damaged.
  ///
  /// - Parameter sequence: The last operation that was published.
  init?(
    of file: IndexFile, _ database: JournalDatabase, sequence: Int64
  ) throws(JournalError) {
    guard let stored = try database.operation(sequence: sequence), stored.indexAfter != file.digest
    else { return nil }
    let stamp = file.index.annotation(CommitMarker.key)
    let isStampKnown = try stamp.map { stamp throws(JournalError) in
      try Self.isKnown(stamp, database)
    }
    // A history that was made again from its records knows the index with a provisional stamp.
    if isStampKnown == true, stored.isPublished(as: file.bytes) { return nil }
    let missing = file.index.missingMembers
    guard missing.isEmpty else {
      reason = "it has no `\(missing[0])`"
      return
    }
    let known = try database.index(at: sequence)
    guard IndexState(known).difference(to: IndexState(file.index)).isEmpty else { return nil }
    if let expected = stored.stamp, isStampKnown != true {
      reason = "its stamp is \(stamp ?? "missing"), and should be \(expected)"
      return
    }
    let lost = known.membersMissing(in: file.index, besides: CommitMarker.key)
    guard !lost.isEmpty else { return nil }
    reason = "members have changed: " + lost.joined(separator: ", ")
  }

  /// Whether a stamp is that of an operation of the history, not necessarily of the last one.
  private static func isKnown(
    _ text: String, _ database: JournalDatabase
  ) throws(JournalError) -> Bool {
    guard let stamp = CommitMarker(text), let stored = try database.operation(stamp.operation)
    else {
      return false
    }
    return stored.sequence == stamp.sequence
      && stored.hash?.encoded.hasPrefix(stamp.chain) == true
  }
}
