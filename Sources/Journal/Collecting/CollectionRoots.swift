internal import Store

/// From where a garbage collection marks.
struct CollectionRoots: Equatable {
  /// What index.json and operations at work need.
  var live: [BlobReference] = []
  /// What bundles need, and states that can still be gone back to.
  var history: [BlobReference] = []
  /// The operation at which the undo window begins.
  var base: Int64 = 0

  /// How many of the newest operations are looked at for conflicts, however short the undo window is:
  /// as many as `status` looks at.
  private static let conflictWindow: Int64 = 1000

  /// The roots of a layout without a history.
  init(_ index: ImageIndex) {
    live = index.entries.map { BlobReference($0.descriptor) }
  }

  /// The roots of a layout.
  ///
  /// - Parameters:
  ///   - index: index.json.
  ///   - replaced: Versions of it that another tool wrote and that are not merged yet.
  init(
    _ index: ImageIndex, _ database: JournalDatabase, replaced: [ImageIndex], now: Timestamp
  ) throws(JournalError) {
    self.init(index)
    // A repack finds what it needs in `keep/`.
    history += try database.leases().map { BlobReference($0.manifest) }
    history += try database.refreshes().map { BlobReference($0.refresh.manifest) }
    history += replaced.flatMap(\.entries).map { BlobReference($0.descriptor) }
    guard let head = try database.head()?.sequence else { return }
    base = try Self.base(database, now: now)
    if base > 0 {
      history += try database.index(at: base).entries.map { BlobReference($0.descriptor) }
    }
    history += try Self.mentions(database, after: base, through: head)
    let conflicts = try database.recordsWithConflicts(
      after: min(base, max(0, head - Self.conflictWindow)))
    history += conflicts.flatMap(\.conflicts).flatMap(\.theirs).map { BlobReference($0) }
    // What waits to be published again is in nobody's state.
    for stored in try database.operations(in: .prepared) where stored.sequence == nil {
      live += try stored.record().edits.flatMap(\.after).map { BlobReference($0) }
    }
  }

  /// The roots of a layout under the lock.
  init(of locked: LockedJournal) throws(JournalError) {
    try self.init(
      locked.current.index, locked.database, replaced: Self.unmergedIndexes(locked.session),
      now: locked.session.invocation.now())
  }

  /// What was written into an inode that index.json had before and could not be merged yet.
  private static func unmergedIndexes(_ session: Session) throws(JournalError) -> [ImageIndex] {
    let folder = session.control.displaced
    return try session.system { () throws(SyscallError) in
      var found: [ImageIndex] = []
      for name in try folder.entryNames() {
        guard let replaced = ReplacedIndex(name: name), let status = try folder.status(of: name),
          replaced.isChanged(status),
          let bytes = try folder.readRegularFile(name, limit: ImageLayout.maximumIndexSize),
          let file = try? IndexFile(parsing: bytes, path: name)
        else { continue }
        found.append(file.index)
      }
      return found
    }
  }

  /// The operation at which the undo window begins.
  static func base(_ database: JournalDatabase, now: Timestamp) throws(JournalError) -> Int64 {
    guard let head = try database.head()?.sequence else { return 0 }
    return try UndoWindow(database).base(database, head: head, now: now)
  }

  /// What the edits of a range of operations mention, each entry once.
  static func mentions(
    _ database: JournalDatabase, after first: Int64, through last: Int64
  ) throws(JournalError) -> [BlobReference] {
    var seen: Set<[UInt8]> = []
    var references: [BlobReference] = []
    for mention in try database.mentions(after: first, through: last) {
      for bytes in [mention.before, mention.after] where seen.insert(bytes).inserted {
        references += try Self.references(bytes)
      }
    }
    return references
  }

  /// The entries in one side of an edit.
  static func references(_ bytes: [UInt8]) throws(JournalError) -> [BlobReference] {
    guard bytes.count > 2 else { return [] }
    return try JournalDatabase.descriptors(bytes, "an edit").map { BlobReference($0) }
  }
}
