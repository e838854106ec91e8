internal import Store

extension LockedJournal {
  /// Moves the blobs of an operation that has just been published; the next command does what cannot be
  /// done now.
  func moveBlobs(of record: OperationRecord) {
    if record.kind == .expire {
      return bestEffort("hide the trash") { () throws(JournalError) in try hideTrash(record) }
    }
    guard !record.moves.isEmpty else { return }
    bestEffort("move every blob") { () throws(JournalError) in
      // A foreign writer who slipped in may need what nobody needed before.
      try move(record, sparing: rounds > 0 ? needed() : nil)
    }
    bestEffort("look at index.json again") { () throws(JournalError) in
      let now: IndexFile
      do throws(LayoutError) { now = try session.layout.readIndex() } catch { throw .layout(error) }
      guard now.digest != current.digest else { return }
      current = now
      try settle()
    }
  }
}
