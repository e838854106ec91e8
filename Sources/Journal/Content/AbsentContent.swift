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
}
