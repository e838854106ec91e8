internal import Store

/// Taking notice of what tools that know nothing of us have done to index.json.
extension LockedJournal {
  /// Merges whatever foreign writers have left, so that ``current`` and ``head`` agree.
  ///
  /// What is in place comes first: what came too late is merged into ``current`` and published on
  /// top of it, which must be what the history ends with by then. A stale index.json would otherwise
  /// become ours without ever having been compared.
  func settle() throws(JournalError) {
    let isHealOwed = try isHealOwed()
    if head?.indexAfter != current.digest || isHealOwed { try absorbCurrent() }
    try settleDisplaced()
  }

  /// Takes in the index.json that is in place and that the history does not know.
  private func absorbCurrent() throws(JournalError) {
    let found = current
    let theirs = IndexState(found.index)
    guard let head else { return try adopt(found, theirs) }
    if mode == .acceptingIndex { return try accept(found) }
    if mode == .repairing,
      let damage = try IndexDamage(of: found, database, sequence: head.sequence)
    {
      return try putBack(damage, head)
    }
    let merge = try withoutLost(withoutUnfounded(withoutDamage(merge(found, theirs))))
    guard !merge.isEmpty else { return }
    try check(merge, found)
    if merge.isStale { return try publishHeal(merge.healing, of: merge, found, external: nil) }
    let external = try sealExternal(merge, found, previous: head.indexAfter)
    guard !merge.healing.isEmpty else { return try commit(external, merge) }
    try publishHeal(merge.healing, of: merge, found, external: external)
  }

  /// Publishes what a merge puts back, or takes over, on top of the index.json that is in place.
  ///
  /// - Parameters:
  ///   - found: What the foreign writer wrote.
  ///   - external: The record of it: both are in one transaction, so that no crash separates them. Nil
  ///     when he has changed nothing; the heal itself then tells of what he wrote.
  func publishHeal(
    _ changes: [TagEdit], of merge: IndexMerge, _ found: IndexFile, external: SealedRecord?
  ) throws(JournalError) {
    var keeper = try keeper(for: merge)
    try keeper.sync()
    var heal = makeSystemDraft(.heal, details: ["healed": Self.names(changes)])
    if external == nil {
      heal.baseStamp = found.index.annotation(Stamp.key)
      heal.details["written"] = try indexStatus()?.timeOfWriting
    }
    let prepared = try prepare(
      heal, changes: changes, external: external.map { ($0, found.bytes) }, onto: current.index,
      before: current.digest, keeper: keeper)
    try publish(prepared)
    finishSystem(heal)
    report.settled.append(
      .init(record: external?.record ?? prepared.sealed.record, healed: changes.map(\.key)))
  }
}

extension LockedJournal {
  /// The first operation of a journal: what was there before it.
  private func adopt(_ found: IndexFile, _ theirs: IndexState) throws(JournalError) {
    let edits = IndexState().difference(to: theirs)
    var details: JSONObject = [:]
    // A stamp without a journal: our folder was lost. The gap shows in the history.
    if let stamp = found.index.annotation(Stamp.key) { details["lost_history"] = JSONValue(stamp) }
    var draft = makeSystemDraft(.adopt, details: details)
    draft.edits = edits
    draft.baseStamp = found.index.annotation(Stamp.key)
    let sealed = sealing.seal(draft, after: nil, before: nil, found: found)
    let keeper = try tolerantKeeper(for: edits.flatMap(\.after))
    try commit(sealed, keeper, snapshot: (bytes: found.bytes, foreign: false))
    report.settled.append(.init(record: sealed.record, healed: []))
    if let lost = sealed.record.lostHistory { report.notes.append(lost.explanation) }
  }

  private func merge(_ found: IndexFile, _ theirs: IndexState) throws(JournalError) -> IndexMerge {
    if mode == .adopting { return try IndexMerge(adopting: theirs, over: currentState()) }
    return try MergeBase(database, head: head).merge(found, foreignPolicy())
  }

  func check(_ merge: IndexMerge, _ found: IndexFile) throws(JournalError) {
    guard try foreignPolicy() == .refuse else { return }
    throw .foreignChangeRefused(
      tags: Set((merge.net + merge.healing).map(\.key.description)).sorted())
  }

  func foreignPolicy() throws(JournalError) -> ForeignPolicy {
    if mode == .adopting { return .adopt }
    return try database.setting(ForeignPolicy.settingName).flatMap(ForeignPolicy.init) ?? .heal
  }

  func sealExternal(
    _ merge: IndexMerge, _ found: IndexFile, previous: Digest?
  ) throws(JournalError) -> SealedRecord {
    let status = try indexStatus()
    var draft = makeSystemDraft(.external, details: [:])
    // All that can be known of the writer is the owner of his file and when it was written.
    draft.author = OperationRecord.Author(
      foreignWriter: status?.userID ?? 0, noticedBy: session.invocation)
    draft.details["written"] = status?.timeOfWriting
    draft.edits = merge.net
    draft.conflicts = merge.conflicts
    draft.baseStamp = found.index.annotation(Stamp.key)
    if !merge.healing.isEmpty { draft.details["overwrote"] = Self.names(merge.healing) }
    return sealing.seal(draft, after: head, before: previous, found: found)
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
    _ sealed: SealedRecord, _ merge: IndexMerge, late: [UInt8]? = nil
  ) throws(JournalError) {
    try commit(
      sealed, keeper(for: merge), snapshot: late.map { (bytes: $0, foreign: true) })
    report.settled.append(.init(record: sealed.record, healed: []))
  }

  func commit(
    _ sealed: SealedRecord, _ keeper: ContentKeeper,
    snapshot: (bytes: [UInt8], foreign: Bool)?
  ) throws(JournalError) {
    do throws(JournalError) {
      try writeRecords([sealed])
      try session.system { () throws(SyscallError) in
        try session.durability.sync(session.control.records, "ops.sync-folder")
      }
      try database.transaction { () throws(JournalError) in
        try database.insert(sealed, state: .committed)
        if let snapshot {
          try database.insertSnapshot(
            snapshot.bytes, sequence: sealed.record.sequence, foreign: snapshot.foreign)
        }
        try keeper.insertFindings()
      }
    } catch {
      drop([sealed])
      throw error
    }
    head = sealed.head
  }

  func keeper(for merge: IndexMerge) throws(JournalError) -> ContentKeeper {
    try tolerantKeeper(
      for: merge.net.flatMap(\.after) + merge.healing.flatMap(\.after)
        + merge.conflicts.flatMap(\.theirs))
  }

  /// Keeps what can be kept: a stranger's index may well refer to what is not there.
  func tolerantKeeper(for descriptors: [Descriptor]) throws(JournalError) -> ContentKeeper {
    var keeper = ContentKeeper(session, database)
    try database.reading { () throws(JournalError) in
      for descriptor in descriptors {
        do throws(JournalError) { try keeper.keep([descriptor]) } catch {
          // A blob that cannot be read stays with its writer; anything else stops us.
          guard case .blob(let cause) = error, !cause.isSystem else { throw error }
        }
      }
    }
    try keeper.sync()
    return keeper
  }

  func makeSystemDraft(_ kind: OperationKind, details: JSONObject) -> Draft {
    let invocation = session.invocation
    var author = OperationRecord.Author(invocation)
    // The user's reason is for what the user does.
    author.message = nil
    return Draft(
      id: invocation.makeOperationID(), kind: kind, edits: [], author: author,
      started: invocation.now(), details: details)
  }

  /// The entries that the history says there are.
  func currentState() throws(JournalError) -> IndexState {
    guard let head else { return IndexState() }
    return try database.state(at: head.sequence)
  }

  /// Removes the stage of an operation that the program did by itself.
  func finishSystem(_ draft: Draft) {
    bestEffort("remove a stage") { () throws(JournalError) in
      try session.system { () throws(SyscallError) in
        try session.control.stage.removeTree(draft.id.text, "stage.remove")
      }
    }
  }
}

extension OperationRecord.Author {
  /// Somebody who used another tool: only his user id is known.
  init(foreignWriter userID: UInt32, noticedBy invocation: Invocation) {
    self.init(invocation)
    self.userID = userID
    if userID != invocation.userID {
      userName = nil
    }
    sudoUser = nil
    message = nil
    arguments = []
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

extension BlobError {
  /// Whether a system call failed, rather than the content being wrong.
  var isSystem: Bool {
    if case .system = self { return true }
    return false
  }
}
