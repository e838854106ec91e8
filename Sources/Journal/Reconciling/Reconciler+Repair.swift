internal import Store

/// What becomes of an index.json that is not merged: one that a person has accepted, and one that is damaged.
extension Reconciler {
  /// The stamp of index.json is not in the database: the records may know it.
  ///
  /// - Returns: Whether they knew anything.
  func catchUp() throws(JournalError) -> Bool {
    let count = try RecordImport.catchUp(database, session)
    journal.head = try database.head()
    guard count > 0 else { return false }
    journal.report.notes.append(
      "the journal database was behind; \(count) record(s) were added to it")
    return true
  }

  /// Takes the index.json that is in place as it is, and records that a person has accepted it.
  func accept(_ found: IndexFile) throws(JournalError) {
    let base = MergeBase(database, head: journal.head)
    if try !base.knows(found), try catchUp(), journal.head?.indexAfter == found.digest { return }
    let edits = try currentState().difference(to: IndexState(found.index))
    if edits.isEmpty, try base.knows(found) { return }
    var draft = Draft(by: session.invocation, .accept, details: [:])
    draft.author = OperationRecord.Author(session.invocation)
    draft.edits = edits
    draft.baseStamp = found.index.annotation(CommitMarker.key)
    let retainer = try ContentRetainer.tolerant(
      session, database, for: draft.edits.flatMap(\.after))
    try publisher.publish(
      publisher.prepare(draft, onto: found.index, before: found.digest, retainer: retainer))
    publisher.tidyUp(draft.id)
    journal.report.notes.append("index.json was accepted as it is; the history says so")
  }

  /// Replaces an index.json that in-place writers left in pieces, that is damaged, gone, or no file at all,
  /// by what can be saved of it and the last state that the history knows.
  func repair(_ failure: LayoutError) throws(JournalError) {
    let bytes = try indexBytes()
    var merge: IndexMerge?
    if let bytes, case .tornFile = failure { merge = try mergeSaved(of: bytes) }
    let changes = merge?.net ?? []
    var draft = Draft(
      by: session.invocation, .repair,
      details: failure.isAbsence ? ["missing": true] : ["torn": JSONValue(failure.damage ?? "")])
    draft.edits = changes
    draft.conflicts = merge?.conflicts ?? []
    let saved = try saveDamaged(bytes)
    draft.details["saved_as"] = saved.map { JSONValue(".ocitx/displaced/" + $0) }
    let retainer = try ContentRetainer.tolerant(
      session, database,
      for: changes.flatMap(\.after) + draft.conflicts.flatMap(\.theirs))
    let prepared = try publisher.prepare(
      draft, onto: journal.current.index, before: bytes.map(Digest.sha256), retainer: retainer)
    try publisher.publish(prepared)
    publisher.tidyUp(draft.id)
    journal.report.notes.append(
      failure.isAbsence
        ? "index.json was missing and has been made anew from the history"
        : "index.json was damaged and has been put back (\(failure.damage ?? "it is not whole"))"
          + (saved.map { "; what it was is displaced/\($0)" } ?? ""))
    if merge?.isEmpty == false {
      journal.report.reconciled.append(.init(record: prepared.finalised.record, reapplied: []))
    }
  }

  /// What index.json holds; nil when it is gone, or no file that could be read.
  private func indexBytes() throws(JournalError) -> [UInt8]? {
    try session.system { () throws(SyscallError) in
      do throws(SyscallError) {
        return try session.layout.root.readRegularFile(
          LayoutPaths.index, limit: ImageLayout.maximumIndexSize)
      } catch {
        if error.isNotFound { return nil }
        throw error
      }
    }
  }

  /// Puts what is in the place of index.json aside: a copy of a file, anything else as it is.
  ///
  /// - Returns: Its name; nil when there is nothing.
  private func saveDamaged(_ bytes: [UInt8]?) throws(JournalError) -> String? {
    let time = session.invocation.now().secondsSinceEpoch
    return try session.system { () throws(SyscallError) in
      if let bytes { return try journal.aside.save(bytes, as: "torn-\(time).json") }
      let root = session.layout.root
      guard try root.status(of: LayoutPaths.index) != nil else { return nil }
      return try journal.aside.take(
        LayoutPaths.index, from: root, as: "torn-\(time)", "repair.put-index-aside")
    }
  }

  /// What a file that is no valid document says all the same.
  private func mergeSaved(of bytes: [UInt8]) throws(JournalError) -> IndexMerge? {
    guard let saved = Salvage.index(in: bytes) else {
      return try merge(salvaged: Salvage.entries(in: bytes))
    }
    return try lateMerge(saved).map { (merge) throws(JournalError) in
      try MergeScreening(journal: journal).withoutUnusable(merge)
    }
  }

  /// Replaces an index.json that can be read and is damaged by the last state that the history knows.
  func putBack(_ damage: IndexDamage, _ head: Head) throws(JournalError) {
    let known = try database.index(at: head.sequence)
    do throws(LayoutError) {
      journal.current = try IndexFile(parsing: known.serialized(), path: "journal")
    } catch {
      throw .layout(error)
    }
    try repair(.invalidDocument(path: LayoutPaths.index, reason: damage.reason))
  }

  /// Merges the entries that were saved from a file of which nothing else is whole.
  ///
  /// What the history knows, now or from before, is nobody's change, and what is missing was lost with
  /// the rest of the file. What is new is taken over when it has its content and no entry of ours is in
  /// its place; otherwise it is a conflict.
  func merge(salvaged descriptors: [Descriptor]) throws(JournalError) -> IndexMerge {
    var found: [EntryKey: [Descriptor]] = [:]
    for descriptor in descriptors {
      let key = EntryKey(IndexEntry(descriptor))
      let isTwice = found[key, default: []].contains { $0.isSameReference(as: descriptor) }
      if isTwice { continue }
      if try !wasOnce(descriptor, key) { found[key, default: []].append(descriptor) }
    }
    var net: [TagEdit] = []
    var conflicts: [OperationRecord.Conflict] = []
    for (key, theirs) in found.sorted(by: { $0.key < $1.key }) {
      let isFree = journal.current.index.descriptors(of: key).isEmpty
      if isFree, theirs.count == 1, try !ContentRetainer.isGone(theirs, session, database) {
        net.append(TagEdit(key: key, before: [], after: theirs))
      } else {
        conflicts.append(.init(key: key, theirs: theirs))
      }
    }
    return IndexMerge(net: net, reapplied: [], conflicts: conflicts)
  }

  /// Whether an entry is one that the history has, or had.
  private func wasOnce(_ entry: Descriptor, _ key: EntryKey) throws(JournalError) -> Bool {
    if journal.current.index.descriptors(of: key).contains(where: { $0.isSameReference(as: entry) })
    {
      return true
    }
    let past = try database.moves(of: key).flatMap { $0.edit.before + $0.edit.after }
    return past.contains { $0.isSameReference(as: entry) }
  }
}
