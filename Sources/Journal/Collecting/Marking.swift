internal import Store

/// What a layout has and what is needed of it: the first phase of a garbage collection, which moves nothing.
///
/// One that exists has looked and marked. That may go on while others work: a ``LockedPlan`` marks again from the
/// roots of its moment, which costs only what is new.
final class Marking {
  let layout: ImageLayout
  let control: ControlFolder?
  let database: JournalDatabase
  /// How old, in seconds, a blob must be that no recorded state ever reached.
  let grace: Int64
  let now: Timestamp
  let cache: ReferenceCache
  private(set) var reach = Reachability()
  private(set) var inventory = BlobInventory()
  /// From where it has marked last.
  private(set) var roots: CollectionRoots
  private var isPastMarked = false
  private var areRootsMarked = false
  /// Documents in `blobs/` that nothing reaches, by what they are about.
  private var referrers: [Digest: [BlobReference]] = [:]
  private var sniffed: Set<Digest> = []

  /// Looks at what is there, and marks.
  ///
  /// - Parameter remembering: Whether what others have found out about documents is believed; if not, each
  ///   is taken apart again.
  init(
    _ layout: ImageLayout, _ control: ControlFolder?, _ database: JournalDatabase,
    from roots: CollectionRoots, grace: Int64 = 0, now: Timestamp, remembering: Bool = true
  ) throws(JournalError) {
    self.layout = layout
    self.control = control
    self.database = database
    self.roots = roots
    self.grace = grace
    self.now = now
    cache = ReferenceCache(ContentFinder(layout, control, database))
    if remembering { try cache.load() }
    try mark(from: roots)
  }

  /// Looks at a layout under the lock.
  convenience init(_ locked: LockedJournal) throws(JournalError) {
    let session = locked.session
    try self.init(
      session.layout, session.control, locked.database, from: CollectionRoots(of: locked),
      now: session.invocation.now())
  }

  /// Looks again at what is there, since others may have added some or taken some away, and marks from other
  /// roots as well; nothing that was marked is forgotten.
  func mark(from roots: CollectionRoots) throws(JournalError) {
    if roots != self.roots {
      self.roots = roots
      areRootsMarked = false
    }
    do throws(SyscallError) { inventory = try BlobInventory(layout, keep: control?.keep) } catch {
      throw .system(error)
    }
    readAgain()
    if !areRootsMarked {
      try reach.mark(roots.live, as: .live, children: cache.references)
      try reach.mark(roots.history, as: .history, children: cache.references)
      areRootsMarked = true
    }
    try markReferrers()
  }

  /// Lets the marking read those documents that could not be read and are there now: nobody may withdraw
  /// what they need because they were not there yet when marking began.
  private func readAgain() {
    let blobs = layout.blobs.directory
    let back = reach.forgetUnread { digest in
      ((try? blobs.status(of: BlobStore.relativePath(of: digest))) ?? nil) != nil
    }
    guard !back.isEmpty else { return }
    cache.forgetProblems(of: back)
    areRootsMarked = false
    isPastMarked = false
  }

  /// Marks what older states have reached as well.
  func markPast() throws(JournalError) {
    guard !isPastMarked else { return }
    isPastMarked = true
    let past = try CollectionRoots.mentions(database, after: 0, through: roots.base)
    try reach.mark(past, as: .past, children: cache.references)
  }
}

// MARK: - Referrers

extension Marking {
  /// A signature or an attestation names what it is about, and nothing names it: it is needed as much as
  /// that is.
  private func markReferrers() throws(JournalError) {
    for digest in inventory.blobs where !reach.isReached(digest, as: .history) {
      try sniff(digest)
    }
    var isChanged = !referrers.isEmpty
    while isChanged {
      isChanged = false
      for (subject, documents) in referrers {
        guard let strength = reach[subject]?.strength, strength <= .history else { continue }
        for document in documents where !reach.isReached(document.digest, as: strength) {
          try reach.mark([document], as: strength, children: cache.references)
          isChanged = true
        }
      }
    }
  }

  private func sniff(_ digest: Digest) throws(JournalError) {
    guard sniffed.insert(digest).inserted,
      let (document, references) = try cache.unreferencedDocument(digest)
    else { return }
    for reference in references where reference.isSubject {
      referrers[reference.digest, default: []].append(document)
    }
  }
}
