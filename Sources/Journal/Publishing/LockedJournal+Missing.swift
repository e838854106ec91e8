internal import Store

extension LockedJournal {
  /// Of what is missing, what index.json does not miss already: an operation must not make it need more.
  ///
  /// What index.json misses is told, since it was there once.
  func newlyMissing(among missing: [Digest]) throws(JournalError) -> [Digest] {
    let gone = try AbsentContent(database: database).gone(among: missing)
    guard !gone.isEmpty else { return [] }
    let memory = DocumentMemory(
      database, blobs: session.layout.blobs, keep: session.control.keep)
    try memory.load()
    var reach = Reachability()
    let entries = current.index.entries.map { BlobReference($0.descriptor) }
    try reach.mark(entries, as: .live, children: memory.references)
    let new = gone.filter { reach[$0] == nil }
    if new.isEmpty {
      report.notes.append(
        "\(gone.count) blob(s) are gone that this needs to be whole, as index.json did before:"
          + " `umoci-tx verify --layout \(ShellQuoting.quoted(session.layout.path))` names them")
    }
    return new
  }
}
