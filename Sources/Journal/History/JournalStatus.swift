public import Store

/// How things stand in a layout right now, seen without a lock: a snapshot that may be old already.
public struct JournalStatus: Sendable {
  /// An operation that has begun and not ended.
  public struct Unfinished: Sendable {
    /// Its id.
    public let id: String
    /// What it is, when it has said so already.
    public let kind: OperationKind?
    /// When it began, when it has said so already.
    public let started: String?
    /// Whether its process lives; a dead one's operation is recovered by the next writing command.
    public let isAlive: Bool
  }

  /// Whether index.json is what the history ends with.
  public enum Drift: Sendable {
    /// It is.
    case none
    /// There is no history yet.
    case noHistory
    /// Another tool changed it; this is what the next writing command will do about it, unless the
    /// setting `foreign` is `refuse`.
    case changed(IndexMerge)
    /// It is no valid document, or not there.
    case torn(reason: String)
    /// It is ahead of the journal: a backup was restored.
    case ahead(stamp: String)
  }

  /// A foreign change that lost against ours and waits for a person.
  public struct Conflict: Sendable {
    /// The external operation that tells of it.
    public let operation: LoggedOperation
    /// The tag, or the digest of an entry without one.
    public let key: EntryKey
    /// What the foreign writer wanted.
    public let theirs: [Descriptor]
  }

  /// What the history keeps, beyond what index.json needs or not.
  public struct Held: Sendable {
    /// Copies of documents in the database.
    public var documents: Int64 = 0
    /// Their size in bytes.
    public var documentBytes: ByteCount = 0
    /// Files below `.ocitx/keep`.
    public var files: Int64 = 0
    /// Their size in bytes, most of it shared with `blobs/`.
    public var fileBytes: ByteCount = 0
    /// The part of it whose blob is gone from `blobs/`: what the history alone takes, in bytes.
    public var exclusiveBytes: ByteCount = 0
  }

  /// The id of the journal; nil when there is none.
  public var storeID: String?
  /// The newest operation.
  public var newest: LoggedOperation?
  /// The operation whose clock was furthest ahead of the one that is right now, and by more than a
  /// minute: its number and what its clock said.
  public var ahead: (sequence: Int64, time: Timestamp)?
  /// The history that was gone when this one began, or that is gone while there is none.
  public var lost: LostHistory?
  /// How many operations the history has.
  public var operationCount: Int64 = 0
  /// Operations that have begun and not ended.
  public var unfinished: [Unfinished] = []
  /// Whether index.json is what the history ends with.
  public var drift = Drift.noHistory
  /// Conflicts whose tags nobody has changed since.
  public var conflicts: [Conflict] = []
  /// What is held for undo.
  public var held = Held()
  /// What was withdrawn and can still be brought back, oldest first.
  public var trash: [Withdrawal] = []
  /// What bundles need of the layout.
  public var leases: [Lease] = []
  /// The file system.
  public var filesystem: FilesystemKind
  /// Whether this process may change the layout.
  public var isWritable: Bool
  /// What happens to foreign changes.
  public var foreignPolicy = ForeignPolicy.reapply
  /// Why the records had to be read instead of the database.
  public var fallbackReason: String?
}

extension JournalStatus {
  /// Looks at a layout.
  ///
  /// - Parameter now: The time, by which trash ages.
  /// - Throws: ``JournalError`` when the history cannot be read at all.
  public init(
    of layout: ImageLayout, _ history: OperationHistory?, now: Timestamp
  ) throws(JournalError) {
    filesystem = FilesystemKind(of: layout.root)
    isWritable = layout.isWritable
    guard let history else {
      lost = LostHistory(removedFrom: layout)
      return
    }
    storeID = try history.storeID()
    newest = try history.newest()
    lost = try history.lostHistory()
    operationCount = try history.database.operationCount()
    foreignPolicy =
      try history.setting(ForeignPolicy.settingName).flatMap(ForeignPolicy.init) ?? .reapply
    unfinished = try history.unfinished()
    drift = try history.drift(foreignPolicy)
    conflicts = try history.openConflicts()
    held = try history.held()
    ahead = try history.database.chronology(now: now).future.map { ($0.sequence, $0.time) }
    trash = try TrashView(control: history.control, database: history.database, now: now)
      .withdrawals()
    leases = try history.leases()
    // Last, since any of the above may have met the damage.
    fallbackReason = history.fallbackReason
  }
}

extension OperationHistory {
  func unfinished() throws(JournalError) -> [JournalStatus.Unfinished] {
    var found: [JournalStatus.Unfinished] = []
    for name in try storage.announcements() {
      guard let id = OperationID(name) else { continue }
      let liveness = try storage.liveness(of: name)
      guard liveness == .alive || liveness == .dead else { continue }
      let stored = try? database.operation(id)
      found.append(
        .init(
          id: name, kind: stored?.kind, started: stored?.started, isAlive: liveness == .alive))
    }
    return found
  }

  func drift(_ policy: ForeignPolicy) throws(JournalError) -> JournalStatus.Drift {
    guard let head = try database.head() else { return .noHistory }
    let current: IndexFile
    do throws(LayoutError) { current = try layout.readIndex() } catch {
      guard let reason = error.damage else { throw .layout(error) }
      return .torn(reason: reason)
    }
    guard current.digest != head.indexAfter else { return .none }
    do throws(JournalError) {
      let merge = try MergeBase(database, head: head).merge(current, policy)
      return merge.isEmpty ? .none : .changed(merge)
    } catch {
      guard case .journalBehind(let stamp, _) = error else { throw error }
      return .ahead(stamp: stamp)
    }
  }

  func openConflicts() throws(JournalError) -> [JournalStatus.Conflict] {
    var open: [JournalStatus.Conflict] = []
    var touched: Set<EntryKey> = []
    try forEach(HistoryFilter(limit: 1000)) { operation in
      for conflict in operation.record.conflicts where !touched.contains(conflict.key) {
        open.append(.init(operation: operation, key: conflict.key, theirs: conflict.theirs))
      }
      touched.formUnion(operation.record.edits.map(\.key))
      return true
    }
    return open
  }

  func held() throws(JournalError) -> JournalStatus.Held {
    var held = JournalStatus.Held()
    (held.documents, held.documentBytes) = try database.documentTotals()
    do throws(SyscallError) {
      for algorithm in try control.keep.entryNames() {
        let folder = try control.keep.openDirectory(algorithm)
        for name in try folder.entryNames() {
          guard let status = try folder.status(of: name) else { continue }
          held.files += 1
          held.fileBytes += status.size
          let blob = try layout.blobs.directory.status(
            of: algorithm + "/" + name, followingLinks: true)
          if blob?.inode != status.inode { held.exclusiveBytes += status.size }
        }
      }
    } catch {
      throw .system(error)
    }
    return held
  }
}
