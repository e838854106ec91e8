internal import Store

/// Tells what is gone from what was missing already, and stops nobody who does not need it: a layout need
/// not hold the images of every platform (image-spec v1.1.1, image-layout.md).
struct AbsentContent {
  let database: JournalDatabase

  /// Of what is missing, what was there once.
  ///
  /// A document that is kept and a blob of it that never was say that it was missing when the document
  /// was met first. A repair that gives a lost blob up no longer counts its documents as kept.
  func gone(among missing: [Digest]) throws(JournalError) -> [Digest] {
    var gone: [Digest] = []
    for digest in missing {
      if try !database.isPinned(digest), try isKnown(digest) { continue }
      gone.append(digest)
    }
    return gone
  }

  private func isKnown(_ digest: Digest) throws(JournalError) -> Bool {
    try database.row(
      "SELECT 1 FROM children JOIN pins USING (digest) WHERE instr(refs, ?) LIMIT 1",
      .blob(Array(digest.description.utf8)), read: { _ in true }) != nil
  }
}

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
