internal import Store

/// Removing what dead processes have left of operations that never got to be prepared, or are over.
extension LockedJournal {
  /// Forgets intents whose live files a power cut took.
  ///
  /// The live file comes before the intent and goes after it.
  func sweepIntents(sparing ownID: OperationID?) throws(JournalError) {
    for stored in try database.operations(in: .intent) where stored.id != ownID {
      let live = try session.system { () throws(SyscallError) in
        try session.control.live.status(of: stored.id.text)
      }
      guard live == nil else { continue }
      try database.transaction { () throws(JournalError) in
        try database.removeIntent(stored.id)
      }
    }
  }

  /// Forgets an operation that never got to be prepared; its stage, if it has one, is nobody's then.
  func buryOperation(named name: String) throws(JournalError) {
    let text = name.hasPrefix(".") ? String(name.dropFirst()) : name
    if let id = OperationID(text) { try buryOperation(id) }
    try tidy("remove the live file of an ended operation") { () throws(JournalError) in
      _ = try session.system { () throws(SyscallError) in
        try session.control.live.remove(name, "live.bury")
      }
    }
  }

  private func buryOperation(_ id: OperationID) throws(JournalError) {
    let stored = try database.operation(id)
    var abandoned: [Digest] = []
    if stored?.state == .intent {
      try tidy("find out which blobs \(id.shortForm) has left") { () throws(JournalError) in
        abandoned = try linkedBlobs(of: id)
      }
    }
    guard let stored, stored.state == .intent else { return }
    let left = abandoned
    try database.transaction { () throws(JournalError) in
      try database.insertAbandoned(left)
      try database.markRolledBack(id, reason: "its process died before it was prepared")
    }
    tell(stored, .rolledBack, "its process died before it was prepared")
  }

  /// Puts the record files of operations aside that were never prepared: the files are written
  /// first, and the database, made again from them, would tell of things that never happened.
  ///
  /// Only when a process is known to have died, and not while the database lags behind the layout:
  /// its missing part is in those very files.
  func sweepRecords() throws(JournalError) {
    if let text = current.index.annotation(Stamp.key), let stamp = Stamp(text),
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
    try putAside(Set(names))
    try session.system { () throws(SyscallError) in
      try session.durability.sync(records, "recover.sync-records")
    }
  }

  /// Removes stages that nobody alive owns.
  ///
  /// A stage is made after its live file.
  func sweepStages(sparing ownID: OperationID?) throws(JournalError) {
    let control = session.control
    let abandoned = try session.system { () throws(SyscallError) in
      var abandoned: [String] = []
      for name in try control.stage.entryNames() where name != ownID?.text {
        if try control.live.status(of: name) == nil { abandoned.append(name) }
      }
      return abandoned
    }
    for name in abandoned { try removeStage(name) }
  }

  /// Removes a stage, or as much of it as can be removed: a tool may have left a mount, an immutable file or
  /// a private folder there, and no operation needs it to be gone.
  func removeStage(_ name: String) throws(JournalError) {
    try tidy("remove all that an operation has left in its stage") { () throws(JournalError) in
      try session.system { () throws(SyscallError) in
        try session.control.stage.removeTree(name, "recover.remove-stage")
      }
    }
  }

  /// Does what the next operation does not need: what the system refuses is noted, and done by a later command.
  ///
  /// - Throws: What is no refusal of the system, as for a damaged database.
  func tidy(_ what: String, _ body: () throws(JournalError) -> Void) throws(JournalError) {
    do throws(JournalError) { try body() } catch {
      guard error.isRefusal else { throw error }
      // Who takes the lock twice tells it once.
      let note = "could not \(what) (\(error)); the next command tries again"
      if !report.notes.contains(note) { report.notes.append(note) }
    }
  }
}

extension JournalError {
  /// Whether a system call failed, and nothing is known to be wrong with what is there.
  fileprivate var isRefusal: Bool {
    switch self {
    case .system: true
    case .blob(let error): error.isSystem
    default: false
    }
  }
}
