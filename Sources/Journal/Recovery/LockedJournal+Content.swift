internal import Store

extension LockedJournal {
  /// Brings back whatever index.json reaches and another tool's gc has taken away: one that read
  /// the index before an operation was published may delete that operation's blobs long after.
  ///
  /// Looks at everything; for `recover`, not for every command.
  func restoreContent() throws(JournalError) {
    let keeper = try tolerantKeeper(for: current.index.entries.map(\.descriptor))
    if keeper.hasFindings {
      try database.transaction { () throws(JournalError) in try keeper.insertFindings() }
    }
    guard !keeper.restored.isEmpty else { return }
    report.notes.append(
      "\(keeper.restored.count) blob(s) that index.json needs were gone and have been brought back")
  }
}
