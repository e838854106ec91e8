internal import Store

/// index.json with the end of the history: they vouch for each other.
extension HistoryComparison {
  mutating func compareIndex() throws(JournalError) {
    let index: IndexFile
    do throws(LayoutError) { index = try layout.readIndex() } catch {
      return differ(
        .index(), .indexInvalid, error.inOneLine)
    }
    var hasToldAboutStamp = false
    if let text = index.index.annotation(CommitMarker.key) {
      hasToldAboutStamp = try !checkStamp(text)
    }
    guard let head = report.head, let stored = try database.operation(sequence: head.sequence)
    else { return }
    if stored.indexAfter == index.digest || isUnsealed(index, stored) { return }
    // It has said what it is about to publish.
    if stored.state == .prepared, stored.indexBefore == index.digest, isAlive(stored.id.text) {
      return
    }
    if let damage = try IndexDamage(of: index, database, sequence: head.sequence),
      !hasToldAboutStamp
    {
      return differ(
        .index(), .indexAltered, damage.reason)
    }
    let edits = try database.state(at: head.sequence).difference(to: IndexState(index.index))
    guard !edits.isEmpty else {
      return differ(
        .index(), .indexRewritten,
        "another tool has rewritten it since operation \(head.sequence), and changed no tag")
    }
    differ(
      .index(), .indexUnrecorded,
      "it is not what operation \(head.sequence) left; these differ: \(Self.names(edits))")
  }

  private static func names(_ edits: [TagEdit]) -> String {
    let more = edits.count > 5 ? " and \(edits.count - 5) more" : ""
    return edits.prefix(5).map(\.key.description).joined(separator: ", ") + more
  }

  /// Whether it is the index of a record whose database was rebuilt: that knows the digest of the
  /// provisional one only.
  private func isUnsealed(_ index: IndexFile, _ stored: StoredOperation) -> Bool {
    guard let stamp = index.index.annotation(CommitMarker.key).flatMap({ CommitMarker($0) }),
      stamp.operation == stored.id
    else { return false }
    var provisional = index.index
    provisional.setAnnotation(CommitMarker.key, to: stamp.provisional.description)
    return stored.indexAfter == Digest.sha256(of: provisional.serialized())
  }

  /// - Returns: Whether it is the stamp of a record.
  private mutating func checkStamp(_ text: String) throws(JournalError) -> Bool {
    guard let stamp = CommitMarker(text) else {
      differ(
        .index(), .stampInvalid, "its stamp \"\(text)\" is none")
      return false
    }
    guard let stored = try database.operation(stamp.operation), stored.sequence != nil else {
      // Until the next change it is the index that the history began with.
      let first = try database.operation(sequence: 1)
      if (try? first?.verifiedRecord())?.lostHistory?.stamp == text { return true }
      let end = report.head.map { "operation \($0.sequence)" } ?? "nothing"
      differ(
        .index(), .stampUnknown,
        "it is stamped \(text), and the history, which ends with \(end), has no such operation")
      return false
    }
    let record = try? stored.verifiedRecord()
    guard stored.sequence == stamp.sequence, record != nil,
      stored.hash?.encoded.hasPrefix(stamp.chain) == true
    else {
      differ(
        .index(at: stamp.sequence), .stampMismatch,
        "its stamp \(text) does not fit the record of that operation")
      return false
    }
    return true
  }
}
