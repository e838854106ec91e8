internal import Store

/// Compares index.json with the end of the history: they vouch for each other.
struct IndexAudit {
  let layout: ImageLayout
  /// The history, from the database or from the records.
  let database: JournalDatabase
  /// Whether the process of an operation lives.
  var isAlive: (String) -> Bool = { _ in false }

  func run(_ report: inout AuditReport) throws(JournalError) {
    let index: IndexFile
    do throws(LayoutError) { index = try layout.readIndex() } catch {
      return report.add(.indexInvalid, subject: LayoutPaths.index, error.inOneLine)
    }
    var hasToldAboutStamp = false
    if let text = index.index.annotation(Stamp.key) {
      hasToldAboutStamp = try !checkStamp(text, &report)
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
      return report.add(.indexAltered, subject: LayoutPaths.index, damage.reason)
    }
    let edits = try database.state(at: head.sequence).difference(to: IndexState(index.index))
    guard !edits.isEmpty else {
      return report.add(
        .indexRewritten, subject: LayoutPaths.index,
        "another tool has rewritten it since operation \(head.sequence), and changed no tag")
    }
    report.add(
      .indexUnrecorded, subject: LayoutPaths.index,
      "it is not what operation \(head.sequence) left; these differ: \(Self.names(edits))")
  }

  private static func names(_ edits: [TagEdit]) -> String {
    let more = edits.count > 5 ? " and \(edits.count - 5) more" : ""
    return edits.prefix(5).map(\.key.description).joined(separator: ", ") + more
  }

  /// Whether it is the index of a record whose database was rebuilt: that knows the digest of the
  /// unsealed one only.
  private func isUnsealed(_ index: IndexFile, _ stored: StoredOperation) -> Bool {
    guard let stamp = index.index.annotation(Stamp.key).flatMap({ Stamp($0) }),
      stamp.operation == stored.id
    else { return false }
    var unsealed = index.index
    unsealed.setAnnotation(Stamp.key, to: stamp.unsealed.description)
    return stored.indexAfter == Digest.sha256(of: unsealed.serialized())
  }

  /// - Returns: Whether it is the stamp of a record.
  private func checkStamp(_ text: String, _ report: inout AuditReport) throws(JournalError) -> Bool
  {
    guard let stamp = Stamp(text) else {
      report.add(.stampInvalid, subject: LayoutPaths.index, "its stamp \"\(text)\" is none")
      return false
    }
    guard let stored = try database.operation(stamp.operation), stored.sequence != nil else {
      // Until the next change it is the index that the history began with.
      let first = try database.operation(sequence: 1)
      if (try? first?.verifiedRecord())?.lostHistory?.stamp == text { return true }
      let end = report.head.map { "operation \($0.sequence)" } ?? "nothing"
      report.add(
        .stampUnknown, subject: LayoutPaths.index,
        "it is stamped \(text), and the history, which ends with \(end), has no such operation")
      return false
    }
    let record = try? stored.verifiedRecord()
    guard stored.sequence == stamp.sequence, record != nil,
      stored.hash?.encoded.hasPrefix(stamp.chain) == true
    else {
      report.add(
        .stampMismatch, at: stamp.sequence, subject: LayoutPaths.index,
        "its stamp \(text) does not fit the record of that operation")
      return false
    }
    return true
  }
}
