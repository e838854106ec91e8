internal import Store

/// Tells what is missing, and what of it is gone from what was missing already: that stops nobody who does not
/// need it, since a layout need not hold the images of every platform (image-spec v1.1.1, image-layout.md).
struct AbsentContent {
  let layout: ImageLayout
  let control: ControlFolder
  let database: JournalDatabase
  /// What counts as being there.
  var planned = PlannedContent()

  private var finder: ContentFinder { ContentFinder(layout, control, database) }

  /// Whether a blob is in the layout, or in what the history keeps: there, or a writer could bring it back.
  func isAvailable(_ descriptor: Descriptor) throws(JournalError) -> Bool {
    try finder.find(descriptor.digest, size: descriptor.size) != nil
  }

  /// What descriptors reach and is nowhere, or is no document where it has to be one; sorted.
  func missing(from descriptors: [Descriptor]) throws(JournalError) -> [Digest] {
    var missing: [Digest] = []
    var visited: Set<Digest> = []
    var pending = descriptors
    while let descriptor = pending.popLast() {
      guard visited.insert(descriptor.digest).inserted else { continue }
      if let children = planned.children(of: descriptor) {
        pending += children.filter { !$0.isOptional }.map(\.descriptor)
        continue
      }
      guard try isAvailable(descriptor), let children = try children(of: descriptor) else {
        missing.append(descriptor.digest)
        continue
      }
      pending += children.filter { !$0.isOptional }.map(\.descriptor)
    }
    return missing.sorted()
  }

  /// What needs some of what is missing: the first edit that does, in words.
  func dependent(on missing: [Digest], among edits: [TagEdit]) throws(JournalError) -> String {
    for edit in edits where try !Set(missing).isDisjoint(with: self.missing(from: edit.after)) {
      return edit.key.description
    }
    return "it"
  }

  /// Nil when the document is damaged.
  private func children(of descriptor: Descriptor) throws(JournalError) -> [BlobReference]? {
    let document = BlobReference(descriptor)
    guard document.role.refersToOthers else { return [] }
    if let known = try database.references(in: document) { return known }
    let bytes: [UInt8]
    do throws(JournalError) {
      bytes = try finder.read(descriptor, in: [.database, .blobs, .keep, .trash])
    } catch {
      guard case .blob(let cause) = error, !cause.isSystem else { throw error }
      return nil
    }
    return try? BlobReference.references(in: bytes, of: descriptor)
  }

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
    among missing: [Digest], beside index: ImageIndex
  ) throws(JournalError) -> (digests: [Digest], note: Note?) {
    let gone = try gone(among: missing)
    guard !gone.isEmpty else { return ([], nil) }
    let cache = ReferenceCache(finder)
    try cache.load()
    var reach = Reachability()
    let entries = index.entries.map { BlobReference($0.descriptor) }
    try reach.mark(entries, as: .live, children: cache.references)
    let new = gone.filter { reach[$0] == nil }
    guard new.isEmpty else { return (new, nil) }
    return (
      [],
      "\(gone.count) blob(s) are gone that this needs to be whole, as index.json did before:"
        + " \(.verify) names them"
    )
  }
}

extension AbsentContent {
  init(_ session: Session, _ database: JournalDatabase) {
    self.init(layout: session.layout, control: session.control, database: database)
  }
}
