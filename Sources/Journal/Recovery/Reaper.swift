internal import Store

/// Removes what dead processes have left of operations that never got to be prepared, or are over.
struct Reaper {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }

  /// Forgets intents whose liveness locks a power cut took.
  ///
  /// The liveness lock comes before the intent and goes after it.
  func reapIntents(except ownID: OperationID?) throws(JournalError) {
    let intents = try database.operations(in: .intent)
    let announced = Set(intents.isEmpty ? [] : try journal.storage.announcements())
    for stored in intents where stored.id != ownID && !announced.contains(stored.id.text) {
      try database.transaction { () throws(JournalError) in
        try database.removeIntent(stored.id)
      }
    }
  }

  /// Forgets an operation that never got to be prepared; its stage, if it has one, is nobody's then.
  func reap(_ name: String) throws(JournalError) {
    let text = name.hasPrefix(".") ? String(name.dropFirst()) : name
    if let id = OperationID(text) { try reap(id) }
    try journal.tidy("remove the liveness lock of an ended operation") { () throws(JournalError) in
      try journal.storage.forget(name)
    }
  }

  private func reap(_ id: OperationID) throws(JournalError) {
    let stored = try database.operation(id)
    var abandoned: [Digest] = []
    if stored?.state == .intent {
      try journal.tidy("find out which blobs \(id.shortForm) has left") { () throws(JournalError) in
        abandoned = try BlobInventory.blobs(linkedBy: id, session)
      }
    }
    guard let stored, stored.state == .intent else { return }
    let left = abandoned
    try database.transaction { () throws(JournalError) in
      try database.insertAbandoned(left)
      try database.markRolledBack(id, reason: "its process died before it was prepared")
    }
    journal.tell(stored, .rolledBack, "its process died before it was prepared")
  }

  /// Puts the record files of operations aside that were never prepared: the files are written
  /// first, and the database, made again from them, would tell of things that never happened.
  ///
  /// Only when a process is known to have died, and not while the database lags behind the layout:
  /// its missing part is in those very files.
  func putStrayRecordsAside() throws(JournalError) {
    if let text = journal.current.index.annotation(CommitMarker.key),
      let stamp = CommitMarker(text),
      try database.operation(stamp.operation) == nil
    {
      return
    }
    let last = try database.head()?.sequence ?? 0
    let records = session.control.records
    let names = try session.system { () throws(SyscallError) in
      try records.entryNames().filter { RecordFolder.sequence(of: $0) ?? 0 > last }
    }
    guard !names.isEmpty else { return }
    try RecordFiles(journal: journal).putAside(Set(names))
    try session.system { () throws(SyscallError) in
      try session.durability.sync(records, "recover.sync-records")
    }
  }

  /// Puts aside what somebody has put among the announcements and is no file: it stands for no process.
  ///
  /// - Returns: Whether that name has such a thing.
  func putStrangeAside(_ name: String) throws(JournalError) -> Bool {
    let live = session.control.live
    let kind = try session.system { () throws(SyscallError) in try live.status(of: name)?.kind }
    guard let kind, kind != .regular else { return false }
    try journal.tidy("put aside \(kind.words) in the place of a liveness lock") {
      () throws(JournalError) in
      let saved = try session.system { () throws(SyscallError) in
        try journal.aside.take(name, from: live, as: "unused-live", "recover.put-live-aside")
      }
      journal.report.notes.append(
        "live/\(name) was \(kind.words); it is now displaced/\(saved)")
    }
    return true
  }

  /// The stages that nobody alive owns.
  ///
  /// A stage is made after its liveness lock.
  func abandonedStages(except ownID: OperationID?) throws(JournalError) -> [String] {
    let stages = try session.system { () throws(SyscallError) in
      try session.control.stage.entryNames()
    }
    guard stages.contains(where: { $0 != ownID?.text }) else { return [] }
    let announced = Set(try journal.storage.announcements())
    return stages.filter { $0 != ownID?.text && !announced.contains($0) }
  }

  /// Removes a stage, or as much of it as can be removed: a tool may have left a mount, an immutable file or
  /// a private folder there, and no operation needs it to be gone.
  func removeStage(_ name: String) throws(JournalError) {
    try journal.tidy("remove all that an operation has left in its stage") {
      () throws(JournalError) in
      try session.system { () throws(SyscallError) in
        try session.control.stage.removeTree(name, "recover.remove-stage")
      }
    }
  }
}
