internal import Store

/// Finds out which blobs nothing needs; moves none of them.
///
/// Marking may go on while others work: whoever takes the writer lock afterwards marks again from the roots of
/// that moment, which costs only what is new.
final class Marking {
  let layout: ImageLayout
  let control: ControlFolder?
  let database: JournalDatabase
  let options: CollectionOptions
  let now: Timestamp
  let memory: DocumentMemory
  private(set) var reach = Reachability()
  private(set) var inventory = BlobInventory()
  /// From where it marks.
  private(set) var roots = CollectionRoots(.empty)
  private var isPastMarked = false
  private var areRootsMarked = false
  /// Documents in `blobs/` that nothing reaches, by what they are about.
  private var referrers: [Digest: [BlobReference]] = [:]
  private var sniffed: Set<Digest> = []

  /// A collector that has not looked at anything yet.
  init(
    _ layout: ImageLayout, _ control: ControlFolder?, _ database: JournalDatabase,
    _ options: CollectionOptions, now: Timestamp
  ) {
    self.layout = layout
    self.control = control
    self.database = database
    self.options = options
    self.now = now
    memory = DocumentMemory(database, blobs: layout.blobs, keep: control?.keep)
  }

  /// Marks from other roots as well; nothing that was marked is forgotten.
  func use(_ roots: CollectionRoots) {
    self.roots = roots
    areRootsMarked = false
  }

  /// Looks at what is there, remembers what documents refer to, and marks.
  ///
  /// - Parameter remembering: Whether what others have found out about documents is believed; if not, each
  ///   is taken apart again.
  func load(remembering: Bool = true) throws(JournalError) {
    if remembering { try memory.load() }
    try takeInventory()
    try mark()
  }

  /// Marks from the roots, and from whatever refers to something marked.
  func mark() throws(JournalError) {
    if !areRootsMarked {
      try reach.mark(roots.live, as: .live, children: memory.references)
      try reach.mark(roots.history, as: .history, children: memory.references)
      areRootsMarked = true
    }
    try markReferrers()
  }

  /// Looks at the folders of blobs again: others may have added some, or taken some away.
  func takeInventory() throws(JournalError) {
    do throws(SyscallError) {
      inventory = try BlobInventory(layout, keep: control?.keep)
    } catch {
      throw .system(error)
    }
    readAgain()
  }

  /// Lets the next marking read those documents that could not be read and are there now: nobody may
  /// withdraw what they need because they were not there yet when marking began.
  ///
  /// Each is looked for by its name, whatever the times of the folders say.
  private func readAgain() {
    let blobs = layout.blobs.directory
    let back = reach.forgetUnread { digest in
      ((try? blobs.status(of: BlobStore.relativePath(of: digest))) ?? nil) != nil
    }
    guard !back.isEmpty else { return }
    memory.forgetProblems(of: back)
    areRootsMarked = false
    isPastMarked = false
  }

  /// Marks what older states have reached as well.
  func markPast() throws(JournalError) {
    guard !isPastMarked else { return }
    isPastMarked = true
    let past = try CollectionRoots.mentions(database, after: 0, through: roots.base)
    try reach.mark(past, as: .past, children: memory.references)
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
        guard let standing = reach[subject]?.standing, standing <= .history else { continue }
        for document in documents where !reach.isReached(document.digest, as: standing) {
          try reach.mark([document], as: standing, children: memory.references)
          isChanged = true
        }
      }
    }
  }

  private func sniff(_ digest: Digest) throws(JournalError) {
    guard sniffed.insert(digest).inserted,
      let (document, references) = try memory.unreferencedDocument(digest)
    else { return }
    for reference in references where reference.isSubject {
      referrers[reference.digest, default: []].append(document)
    }
  }
}
