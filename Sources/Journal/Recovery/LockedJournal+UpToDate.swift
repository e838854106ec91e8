internal import Store

/// Bringing journal and layout together, whatever happened to either.
extension LockedJournal {
  func bringUpToDate(
    sparing ownID: OperationID?, kind: OperationKind?, torn: LayoutError?
  ) throws(JournalError) {
    let origin = try checkIdentity()
    let found = current.digest
    try recover(sparing: ownID)
    if let origin { try fork(from: origin) }
    // Finishing a dead operation may have replaced it already.
    if let torn, current.digest == found {
      try repair(torn)
      return try finishMoves(sparing: ownID)
    }
    if kind == .initialize, head == nil { return }
    try settleOrCatchUp()
    try finishMoves(sparing: ownID)
  }

  private func settleOrCatchUp() throws(JournalError) {
    do throws(JournalError) {
      try settle()
    } catch {
      guard case .journalBehind = error, try catchUp() else { throw error }
      try settle()
    }
  }

  /// The stamp of index.json is not in the database: the records may know it.
  ///
  /// - Returns: Whether they knew anything.
  private func catchUp() throws(JournalError) -> Bool {
    let count = try DatabaseDoctor(session: session).catchUp(database)
    head = try database.head()
    guard count > 0 else { return false }
    report.notes.append("the journal database was behind; \(count) record(s) were added to it")
    return true
  }

  /// Takes the index.json that is in place as it is, and records that a person has accepted it.
  func accept(_ found: IndexFile) throws(JournalError) {
    let base = MergeBase(database, head: head)
    if try !base.knows(found), try catchUp(), head?.indexAfter == found.digest { return }
    let edits = try currentState().difference(to: IndexState(found.index))
    if edits.isEmpty, try base.knows(found) { return }
    var draft = makeSystemDraft(.accept, details: [:])
    draft.author = OperationRecord.Author(session.invocation)
    draft.edits = edits
    draft.baseStamp = found.index.annotation(Stamp.key)
    let keeper = try tolerantKeeper(for: draft.edits.flatMap(\.after))
    try publish(
      prepare(draft, onto: found.index, before: found.digest, keeper: keeper))
    finishSystem(draft)
    report.notes.append("index.json was accepted as it is; the history says so")
  }

  /// Replaces an index.json that in-place writers left in pieces, that is damaged, gone, or no file at all,
  /// by what can be saved of it and the last state that the history knows.
  func repair(_ failure: LayoutError) throws(JournalError) {
    let bytes = try indexBytes()
    var merge: IndexMerge?
    if let bytes, case .tornFile = failure { merge = try mergeSaved(of: bytes) }
    let changes = merge?.net ?? []
    var draft = makeSystemDraft(.repair, details: ["torn": JSONValue(failure.damage ?? "")])
    draft.edits = changes
    draft.conflicts = merge?.conflicts ?? []
    let saved = try saveDamaged(bytes)
    draft.details["saved_as"] = saved.map { JSONValue(".ocitx/displaced/" + $0) }
    let keeper = try tolerantKeeper(
      for: changes.flatMap(\.after) + draft.conflicts.flatMap(\.theirs))
    let prepared = try prepare(
      draft, onto: current.index, before: bytes.map(Digest.sha256), keeper: keeper)
    try publish(prepared)
    finishSystem(draft)
    report.notes.append(
      "index.json was damaged and has been put back (\(failure.damage ?? "it is not whole"))"
        + (saved.map { "; what it was is displaced/\($0)" } ?? ""))
    if merge?.isEmpty == false {
      report.settled.append(.init(record: prepared.sealed.record, healed: []))
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
      if let bytes { return try aside.save(bytes, as: "torn-\(time).json") }
      let root = session.layout.root
      guard try root.status(of: LayoutPaths.index) != nil else { return nil }
      return try aside.take(
        LayoutPaths.index, from: root, as: "torn-\(time)", "repair.put-index-aside")
    }
  }

  /// What a file that is no valid document says all the same.
  private func mergeSaved(of bytes: [UInt8]) throws(JournalError) -> IndexMerge? {
    guard let saved = Salvage.index(in: bytes) else {
      return try merge(salvaged: Salvage.entries(in: bytes))
    }
    return try lateMerge(saved).map { (merge) throws(JournalError) in try withoutUnusable(merge) }
  }

  /// Replaces an index.json that can be read and is damaged by the last state that the history knows.
  func putBack(_ damage: IndexDamage, _ head: Head) throws(JournalError) {
    let known = try database.index(at: head.sequence)
    do throws(LayoutError) {
      current = try IndexFile(parsing: known.serialized(), path: "journal")
    } catch {
      throw .layout(error)
    }
    try repair(.invalidDocument(path: LayoutPaths.index, reason: damage.reason))
  }

  /// Notices that the layout is a copy of another one: it gets a journal id of its own.
  ///
  /// - Returns: The id of the journal that it is a copy of; nil when it is none.
  private func checkIdentity() throws(JournalError) -> String? {
    let identity = try lookAtIdentity()
    let stored = try LayoutIdentity(remembered: database)
    let id = try database.meta(MetaKey.storeID)
    guard let stored, let id, head != nil || stored.isSameLayout(as: identity) else {
      try database.transaction { () throws(JournalError) in
        try identity.remember(in: database)
        try database.setMeta(MetaKey.storeID, id ?? session.control.format.storeID)
      }
      return nil
    }
    guard stored.isSameLayout(as: identity) else {
      adoptStoreID(StoreFormat.makeStoreID(randomBytes: session.invocation.randomBytes(16)))
      return id
    }
    if id != session.control.format.storeID { try writeFormat(id) }
    if stored != identity {
      let now = try lookAtIdentity()
      try database.transaction { () throws(JournalError) in try now.remember(in: database) }
    }
    adoptStoreID(id)
    return nil
  }

  private func lookAtIdentity() throws(JournalError) -> LayoutIdentity {
    try session.system { () throws(SyscallError) in
      try LayoutIdentity(of: session.layout, session.control)
    }
  }

  /// Says in the history where the copy comes from.
  ///
  /// The record repeats the state that the history ends with, not what index.json says: what others
  /// have done to the copy is still to be settled.
  private func fork(from origin: String) throws(JournalError) {
    guard let head else { return }
    let id = storeID
    let draft = makeSystemDraft(.fork, details: ["copied_from": JSONValue(origin)])
    let sealed = sealing.seal(draft, repeating: head)
    try commitFork(sealed, id)
    try writeFormat(id)
    report.notes.append(
      "this layout is a copy: its history goes on by itself from here, as \(id.prefix(8))…;"
        + " nothing is lost, and the original is not touched")
  }

  private func commitFork(
    _ sealed: SealedRecord, _ id: String
  ) throws(JournalError) {
    let identity = try lookAtIdentity()
    do throws(JournalError) {
      try writeRecords([sealed])
      try session.system { () throws(SyscallError) in
        try session.durability.sync(session.control.records, "ops.sync-folder")
      }
      try database.transaction { () throws(JournalError) in
        try database.insert(sealed, state: .committed)
        try identity.remember(in: database)
        try database.setMeta(MetaKey.storeID, id)
      }
    } catch {
      drop([sealed])
      throw error
    }
    head = sealed.head
  }

  private func writeFormat(_ id: String) throws(JournalError) {
    try session.system { () throws(SyscallError) in
      try ControlFolder.writeFormat(
        StoreFormat(storeID: id), in: session.control.directory, session.control.policy,
        session.durability)
    }
  }
}
