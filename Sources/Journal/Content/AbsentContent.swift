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
      if try !database.isPinned(digest), try database.isMentionedByPinned(digest) { continue }
      gone.append(digest)
    }
    return gone
  }

  /// Of what is missing, what an index does not miss already: an operation must not make it need more.
  ///
  /// - Returns: That; and, when it is nothing although something was there once, a sentence about it.
  func newlyMissing(
    among missing: [Digest], beside index: ImageIndex, _ layout: ImageLayout,
    _ control: ControlFolder
  ) throws(JournalError) -> (digests: [Digest], note: String?) {
    let gone = try gone(among: missing)
    guard !gone.isEmpty else { return ([], nil) }
    let memory = DocumentMemory(
      database, blobs: layout.blobs, keep: control.keep)
    try memory.load()
    var reach = Reachability()
    let entries = index.entries.map { BlobReference($0.descriptor) }
    try reach.mark(entries, as: .live, children: memory.references)
    let new = gone.filter { reach[$0] == nil }
    guard new.isEmpty else { return (new, nil) }
    return (
      [],
      "\(gone.count) blob(s) are gone that this needs to be whole, as index.json did before:"
        + " `umoci-tx verify --layout \(ShellQuoting.quoted(layout.path))` names them"
    )
  }
}
