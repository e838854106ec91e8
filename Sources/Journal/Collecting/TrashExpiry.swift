internal import Store

/// Deletes what has been in the trash for long enough.
struct TrashExpiry {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }

  /// Takes the trash that a record names out of reach.
  func hide(_ record: OperationRecord) throws(JournalError) {
    let trash = TrashFolder(control: session.control)
    try session.system { () throws(SyscallError) in
      for name in TrashView.Expiry.operations(of: record) { try trash.expire(name) }
      try session.durability.sync(session.control.trash, "trash.sync-folder")
    }
  }

  /// Finishes an expiry whose process died.
  func finish(_ record: OperationRecord) throws(JournalError) {
    try hide(record)
    try deleteHidden(record, [])
    journal.report.notes.append("operation \(record.sequence) (\(record.kind)) was finished")
  }

  /// Deletes what ``hide(_:)`` hid, and says that it is done.
  ///
  /// Needs no lock.
  ///
  /// - Parameter digests: What it held; what is gone altogether now is not remembered any more.
  func deleteHidden(_ record: OperationRecord, _ digests: [Digest]) throws(JournalError) {
    let trash = TrashFolder(control: session.control)
    try session.system { () throws(SyscallError) in
      try trash.deleteExpired()
      try session.durability.sync(session.control.trash, "trash.sync-folder")
    }
    // What could not be hidden is left to the next command.
    let hidden = Set(TrashView.Expiry.operations(of: record))
    let left = try session.system { () throws(SyscallError) in try trash.operations() }
    guard hidden.isDisjoint(with: left.map(\.text)) else { return }
    var gone: [Digest] = []
    for digest in digests {
      let isThere = try session.system { () throws(SyscallError) in
        if try session.layout.blobs.status(of: digest) != nil { return true }
        return try session.control.keep.status(of: BlobStore.relativePath(of: digest)) != nil
      }
      if !isThere { gone.append(digest) }
    }
    let forgotten = gone
    try database.transaction { () throws(JournalError) in
      try database.forgetReferences(forgotten)
      try database.removeRelocations(of: record.id)
    }
  }
}
