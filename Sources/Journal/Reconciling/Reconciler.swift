internal import Store

/// Takes notice of what tools that know nothing of us have done to index.json: base, three-way merge, and
/// what is to be published again.
struct Reconciler {
  let journal: LockedJournal
  let publisher: Publisher

  /// How many times a foreign writer may get in between before the rest is left to the next command.
  static let maximumRounds = 3

  init(_ journal: LockedJournal) {
    self.journal = journal
    publisher = Publisher(journal: journal)
  }

  var session: Session { journal.session }
  var database: JournalDatabase { journal.database }
  private var screening: MergeScreening { MergeScreening(journal: journal) }

  /// Merges whatever foreign writers have left, so that index.json is what the history ends with.
  ///
  /// What is in place comes first: what came too late is merged into that and published on
  /// top of it, which must be what the history ends with by then. A stale index.json would otherwise
  /// become ours without ever having been compared.
  func reconcile() throws(JournalError) {
    do throws(JournalError) {
      try absorb()
    } catch {
      guard case .journalBehind = error, try catchUp() else { throw error }
      try absorb()
    }
  }

  private func absorb() throws(JournalError) {
    let isReapplyOwed = try isReapplyOwed()
    if journal.head?.indexAfter != journal.current.digest || isReapplyOwed { try absorbCurrent() }
    try absorbReplaced()
  }

  /// Takes in the index.json that is in place and that the history does not know.
  private func absorbCurrent() throws(JournalError) {
    let found = journal.current
    let theirs = IndexState(found.index)
    guard let head = journal.head else { return try adopt(found, theirs) }
    if journal.mode == .acceptingIndex { return try accept(found) }
    if journal.mode == .repairing,
      let damage = try IndexDamage(of: found, database, sequence: head.sequence)
    {
      return try putBack(damage, head)
    }
    let merge = try screening.screen(merge(found, theirs))
    guard !merge.isEmpty else { return }
    try check(merge, found)
    if merge.isStale {
      try publishReapplied(merge.reapplied, of: merge, found, external: nil)
      return
    }
    let external = try finaliseExternal(merge, found, previous: head.indexAfter)
    guard !merge.reapplied.isEmpty else { return try commit(external, merge) }
    try publishReapplied(merge.reapplied, of: merge, found, external: external)
  }

  /// Publishes what a merge puts back, or takes over, on top of the index.json that is in place.
  ///
  /// - Parameters:
  ///   - found: What the foreign writer wrote.
  ///   - external: The record of it: both are in one transaction, so that no crash separates them. Nil
  ///     when he has changed nothing; the reapplied record itself then tells what was written.
  /// - Returns: Whether nobody slipped in; see ``Publisher/publish(_:isRecovery:)``.
  @discardableResult
  func publishReapplied(
    _ changes: [TagEdit], of merge: IndexMerge, _ found: IndexFile, external: FinalisedRecord?
  ) throws(JournalError) -> Bool {
    var retainer = try retainer(for: merge)
    try retainer.sync()
    var draft = Draft(by: session.invocation, .reapply, details: ["healed": Self.names(changes)])
    if external == nil {
      draft.baseStamp = found.index.annotation(CommitMarker.key)
      draft.details["written"] = try indexStatus()?.timeOfWriting
    }
    let prepared = try publisher.prepare(
      draft, changes: changes, external: external.map { ($0, found.bytes) },
      onto: journal.current.index,
      before: journal.current.digest, retainer: retainer)
    let isAlone = try publisher.publish(prepared)
    publisher.tidyUp(draft.id)
    journal.report.reconciled.append(
      .init(record: external?.record ?? prepared.finalised.record, reapplied: changes.map(\.key)))
    return isAlone
  }

  /// The first operation of a journal: what was there before it.
  private func adopt(_ found: IndexFile, _ theirs: IndexState) throws(JournalError) {
    let edits = IndexState().difference(to: theirs)
    var details: JSONObject = [:]
    // A stamp without a journal: our folder was lost. The gap shows in the history.
    if let stamp = found.index.annotation(CommitMarker.key) {
      details["lost_history"] = JSONValue(stamp)
    }
    var draft = Draft(by: session.invocation, .adopt, details: details)
    draft.edits = edits
    draft.baseStamp = found.index.annotation(CommitMarker.key)
    let finalised = publisher.finalisation.finalise(draft, after: nil, before: nil, found: found)
    let retainer = try ContentRetainer.tolerant(
      session, database, for: edits.flatMap(\.after))
    try commit(finalised, retainer, snapshot: (bytes: found.bytes, foreign: false))
    journal.report.reconciled.append(.init(record: finalised.record, reapplied: []))
    if let lost = finalised.record.lostHistory {
      journal.report.notes.append(Note(lost.explanation))
    }
  }

  private func merge(_ found: IndexFile, _ theirs: IndexState) throws(JournalError) -> IndexMerge {
    if journal.mode == .adopting { return try IndexMerge(adopting: theirs, over: currentState()) }
    return try MergeBase(database, head: journal.head).merge(found, foreignPolicy())
  }

  func check(_ merge: IndexMerge, _ found: IndexFile) throws(JournalError) {
    guard try foreignPolicy() == .refuse else { return }
    throw .foreignChangeRefused(
      tags: Set((merge.net + merge.reapplied).map(\.key.description)).sorted())
  }

  func foreignPolicy() throws(JournalError) -> ForeignPolicy {
    if journal.mode == .adopting { return .adopt }
    let policy =
      try database.setting(ForeignPolicy.settingName).flatMap(ForeignPolicy.init) ?? .reapply
    return policy == .refuse ? session.options.insteadOfRefusal ?? policy : policy
  }

  func finaliseExternal(
    _ merge: IndexMerge, _ found: IndexFile, previous: Digest?
  ) throws(JournalError) -> FinalisedRecord {
    let status = try indexStatus()
    var draft = Draft(by: session.invocation, .external, details: [:])
    // All that can be known of the writer is the owner of his file and when it was written.
    draft.author = OperationRecord.Author(
      foreignWriter: status?.userID ?? 0, noticedBy: session.invocation)
    draft.details["written"] = status?.timeOfWriting
    draft.edits = merge.net
    draft.conflicts = merge.conflicts
    draft.baseStamp = found.index.annotation(CommitMarker.key)
    if !merge.reapplied.isEmpty { draft.details["overwrote"] = Self.names(merge.reapplied) }
    return publisher.finalisation.finalise(
      draft, after: journal.head, before: previous, found: found)
  }

  private func indexStatus() throws(JournalError) -> FileStatus? {
    try session.system { () throws(SyscallError) in
      try session.layout.root.status(of: LayoutPaths.index)
    }
  }

  static func names(_ edits: [TagEdit]) -> JSONValue {
    JSONValue(edits.map { JSONValue($0.key.description) })
  }

  /// Puts an observation into the history without publishing anything.
  ///
  /// - Parameter late: The bytes, where they are not index.json: they stay the base of whatever
  ///   carries their stamp.
  func commit(
    _ finalised: FinalisedRecord, _ merge: IndexMerge, late: [UInt8]? = nil
  ) throws(JournalError) {
    try commit(
      finalised, retainer(for: merge), snapshot: late.map { (bytes: $0, foreign: true) })
    journal.report.reconciled.append(.init(record: finalised.record, reapplied: []))
  }

  private func commit(
    _ finalised: FinalisedRecord, _ retainer: ContentRetainer,
    snapshot: (bytes: [UInt8], foreign: Bool)?
  ) throws(JournalError) {
    try publisher.commit(finalised) { () throws(JournalError) in
      if let snapshot {
        try database.insertSnapshot(
          snapshot.bytes, sequence: finalised.record.sequence, foreign: snapshot.foreign)
      }
      try retainer.insertFindings()
    }
  }

  func retainer(for merge: IndexMerge) throws(JournalError) -> ContentRetainer {
    try ContentRetainer.tolerant(
      session, database,
      for: merge.net.flatMap(\.after) + merge.reapplied.flatMap(\.after)
        + merge.conflicts.flatMap(\.theirs))
  }

  /// The entries that the history says there are.
  func currentState() throws(JournalError) -> IndexState {
    guard let head = journal.head else { return IndexState() }
    return try database.state(at: head.sequence)
  }

  /// Whether the history ends with a foreign version that overwrote something of ours, and that
  /// version is still in place: what was reapplied with it was rolled back.
  private func isReapplyOwed() throws(JournalError) -> Bool {
    guard let head = journal.head, head.indexAfter == journal.current.digest else { return false }
    var last = try database.operation(head.id)
    // A layout that was copied meanwhile has said so; that changes nothing.
    while let fork = last, fork.kind == .fork, let sequence = fork.sequence {
      last = try database.operation(sequence: sequence - 1)
    }
    guard let last, last.kind == .external else { return false }
    return try last.record().details["overwrote"] != nil
  }
}

extension FileStatus {
  /// When the file was last written, for a record.
  fileprivate var timeOfWriting: JSONValue {
    let time = Timestamp(
      secondsSinceEpoch: modificationTime.seconds,
      nanoseconds: Int32(truncatingIfNeeded: modificationTime.nanoseconds))
    return JSONValue(time.description)
  }
}
