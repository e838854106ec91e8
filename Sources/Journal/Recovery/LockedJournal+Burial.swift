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

  /// Forgets an operation that never got to be prepared, or removes what a finished one left.
  func buryOperation(named name: String) throws(JournalError) {
    let text = name.hasPrefix(".") ? String(name.dropFirst()) : name
    guard let id = OperationID(text) else { return }
    let stored = try database.operation(id)
    let abandoned = stored?.state == .intent ? try linkedBlobs(of: id) : []
    try session.system { () throws(SyscallError) in
      try session.control.stage.removeTree(id.text, "recover.remove-stage")
    }
    guard let stored, stored.state == .intent else { return }
    try database.transaction { () throws(JournalError) in
      try database.insertAbandoned(abandoned)
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
    try session.system { () throws(SyscallError) in
      for name in try control.stage.entryNames() where name != ownID?.text {
        if try control.live.status(of: name) == nil {
          try control.stage.removeTree(name, "recover.remove-stage")
        }
      }
    }
  }
}
