internal import Store

/// Bringing journal and layout together, whatever happened to either.
extension LockedJournal {
  func bringUpToDate(
    sparing ownID: OperationID?, kind: OperationKind?, torn: LayoutError?
  ) throws(JournalError) {
    let origin = try checkIdentity()
    let found = current.digest
    try recover(sparing: ownID)
    try settleRefreshes(isFinal: mode.isAsked)
    try settleLeases()
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

  /// Replaces an index.json that an in-place writer left torn, or that is damaged, by what can be saved
  /// of it and the last state that the history knows.
  func repair(_ torn: LayoutError) throws(JournalError) {
    let aside = "torn-\(session.invocation.now().secondsSinceEpoch).json"
    let bytes = try session.system { () throws(SyscallError) in
      try session.layout.root.openFile(LayoutPaths.index)
        .readToEnd(limit: ImageLayout.maximumIndexSize) ?? []
    }
    var merge: IndexMerge?
    if case .tornFile = torn, let saved = Salvage.index(in: bytes) {
      merge = try lateMerge(saved)
    }
    let changes = merge?.net ?? []
    var draft = makeSystemDraft(.repair, details: ["torn": JSONValue(torn.causes.first ?? "")])
    draft.edits = changes
    draft.conflicts = merge?.conflicts ?? []
    draft.details["saved_as"] = JSONValue(".ocitx/displaced/" + aside)
    try saveAside(bytes, as: aside)
    let keeper = try tolerantKeeper(
      for: changes.flatMap(\.after) + draft.conflicts.flatMap(\.theirs))
    try publish(
      prepare(draft, onto: current.index, before: Digest.sha256(of: bytes), keeper: keeper))
    finishSystem(draft)
    var what = "was damaged"
    if case .tornFile = torn { what = "was torn by another tool" }
    report.notes.append(
      "index.json \(what) and has been put back; a copy is displaced/\(aside)")
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

  private func saveAside(_ bytes: [UInt8], as name: String) throws(JournalError) {
    let control = session.control
    try session.system { () throws(SyscallError) in
      try control.displaced.remove(name, "repair.remove-copy")
      let file = try control.displaced.createFile(
        name, policy: control.policy, "repair.create-copy")
      try file.write(bytes, "repair.write-copy")
      try session.durability.sync(file, "repair.sync-copy")
    }
  }

  /// Notices that the layout is a copy of another one: it gets a journal id of its own.
  ///
  /// - Returns: The id of the journal that it is a copy of, and the inodes that it has now; nil
  ///   when it is none.
  private func checkIdentity() throws(JournalError) -> (storeID: String, inode: String)? {
    let inode = try session.system { () throws(SyscallError) in
      let layout = try session.layout.root.status().inode
      return try "\(layout)/\(session.control.directory.status().inode)"
    }
    let stored = try database.meta(MetaKey.inode)
    let id = try database.meta(MetaKey.storeID)
    if stored == inode, let id {
      if id != session.control.format.storeID { try writeFormat(id) }
      adoptStoreID(id)
      return nil
    }
    guard stored != nil, let id, head != nil else {
      try database.transaction { () throws(JournalError) in
        try database.setMeta(MetaKey.inode, inode)
        try database.setMeta(MetaKey.storeID, id ?? session.control.format.storeID)
      }
      return nil
    }
    adoptStoreID(StoreFormat.makeStoreID(randomBytes: session.invocation.randomBytes(16)))
    return (id, inode)
  }

  /// Says in the history where the copy comes from.
  ///
  /// The record repeats the state that the history ends with, not what index.json says: what others
  /// have done to the copy is still to be settled.
  private func fork(from origin: (storeID: String, inode: String)) throws(JournalError) {
    guard let head else { return }
    let id = storeID
    let draft = makeSystemDraft(.fork, details: ["copied_from": JSONValue(origin.storeID)])
    let sealed = sealing.seal(draft, repeating: head)
    try commitFork(sealed, id, origin.inode)
    try writeFormat(id)
    report.notes.append(
      "this layout is a copy: its history goes on by itself from here, as \(id.prefix(8))…;"
        + " nothing is lost, and the original is not touched")
  }

  private func commitFork(
    _ sealed: SealedRecord, _ id: String, _ inode: String
  ) throws(JournalError) {
    do throws(JournalError) {
      try writeRecords([sealed])
      try session.system { () throws(SyscallError) in
        try session.durability.sync(session.control.records, "ops.sync-folder")
      }
      try database.transaction { () throws(JournalError) in
        try database.insert(sealed, state: .committed)
        try database.setMeta(MetaKey.inode, inode)
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

/// The rows of the table `meta`.
enum MetaKey {
  static let storeID = "store_id"
  /// The inodes of the layout's folder and of ours: a copy has others.
  static let inode = "inodes"
}

/// Saving what can be saved of a torn index.json.
enum Salvage {
  /// The first complete document in the bytes: in-place writers leave a short new file with the
  /// tail of a longer old one behind it.
  static func index(in bytes: [UInt8]) -> IndexFile? {
    guard
      let document = try? JSONDocument(
        parsing: bytes, limits: .index, named: LayoutPaths.index, remainder: .ignored),
      document.consumedLength > 0
    else { return nil }
    return try? IndexFile(
      parsing: Array(bytes.prefix(document.consumedLength)), path: LayoutPaths.index)
  }
}
