public import Store

/// An operation under way: it may stage blobs, then it is prepared, once.
///
/// Dropping it, or any error, rolls it back: nothing that it did is visible then.
public struct Transaction: ~Copyable {
  /// What an operation has decided to do, knowing the index that is current.
  public struct Proposal: Sendable {
    /// The changes, each against the index that is current.
    public var edits: [TagEdit]
    /// The changes of settings, each against the value that holds.
    public var settings: [SettingEdit]
    /// Where entries that are set go.
    public var placement: ImageIndex.Placement
    /// The operation that this one takes back or brings back.
    public var reverts: OperationID?
    /// Whether it is recorded and published even when it changes nothing.
    public var isForced: Bool
    /// Anything else for the record.
    public var details: JSONObject
    /// What may be missing: it was when what is brought back was there.
    public var absent: Set<Digest>
    /// The moves of blobs that are taken back.
    public var blobReversal: BlobReversal?
    /// The blobs to move.
    var moves = BlobRelocations()
    /// What was found out about documents on the way.
    var newReferences: [(document: BlobReference, references: [BlobReference])] = []
    /// The bundles that are based on what it makes from then on.
    public var refreshes: [BundleRefresh]

    /// Proposes edits.
    public init(
      edits: [TagEdit], settings: [SettingEdit] = [],
      placement: ImageIndex.Placement = .atEnd, reverts: OperationID? = nil,
      isForced: Bool = false, details: JSONObject = [:], blobReversal: BlobReversal? = nil,
      refreshes: [BundleRefresh] = [], absent: Set<Digest> = []
    ) {
      self.absent = absent
      self.blobReversal = blobReversal
      self.edits = edits
      self.settings = settings
      self.placement = placement
      self.reverts = reverts
      self.isForced = isForced
      self.details = details
      self.refreshes = refreshes
    }
  }

  let journal: OperationJournal
  let kind: OperationKind
  let started: Timestamp
  private let live: Announcement
  private var area: StagingArea?

  init(journal: OperationJournal, kind: OperationKind, live: consuming Announcement) {
    self.journal = journal
    self.kind = kind
    self.live = live
    started = journal.session.invocation.now()
  }

  /// The operation's id.
  public var id: OperationID { live.id }

  /// The descriptor of the file whose lock says that the operation is alive.
  ///
  /// A child that inherits it keeps the operation from being recovered for as long as it, or a child of
  /// its own, is there.
  public var livenessDescriptor: Int32 { live.descriptor }

  /// Where the operation's blobs are put together.
  public mutating func stagingArea() throws(JournalError) -> StagingArea {
    if let area { return area }
    let session = journal.session
    let name = id.text
    let folder = try session.system { () throws(SyscallError) in
      try session.control.stage.openOrCreateDirectory(
        name, policy: session.control.policy, "stage.create-folder")
    }
    let made = StagingArea(
      folder, policy: session.control.policy, durability: session.durability)
    area = made
    return made
  }

  /// Steps 3 to 7: links the staged blobs, takes the lock, lets `decide` look at the index that is
  /// current, and commits the intent to publish.
  ///
  /// - Parameter decide: Decides on the changes; whatever it throws ends the operation.
  /// - Returns: The prepared transaction, or nil when there is nothing to change; the journal's
  ///   ``OperationJournal/report`` tells then what recovery and reconciling did.
  public consuming func prepare(
    _ decide: (ImageIndex) throws -> Proposal
  ) throws -> PreparedTransaction? {
    try prepareLocked { try decide($0.current.index) }
  }

  /// The same for a decision that needs more than the index.
  consuming func prepareLocked(
    _ decide: (LockedJournal) throws -> Proposal
  ) throws -> PreparedTransaction? {
    let (journal, area) = (journal, area)
    if let area {
      do { try journal.layout.blobs.link(area.stagedBlobs, from: area) } catch {
        abandon()
        throw JournalError.blob(error)
      }
    }
    do {
      let draft = draft
      var (locked, prepared) = try Self.lockAndPrepare(draft, area, journal, decide)
      if locked == nil {
        // The database turned out to be damaged; it is made again, and all is decided anew.
        (locked, prepared) = try Self.lockAndPrepare(draft, area, journal, decide)
      }
      if let locked, let prepared {
        return PreparedTransaction(locked, prepared.publication, area, prepared.edits, live)
      }
      abandon()
      return nil
    } catch {
      abandon()
      throw error
    }
  }

  private typealias Prepared = (publication: PreparedPublication, edits: [TagEdit])

  /// - Returns: The journal, and the publication unless there is nothing to change; no journal when
  ///   its database has to be made again first.
  private static func lockAndPrepare(
    _ draft: Draft, _ area: StagingArea?, _ journal: OperationJournal,
    _ decide: (LockedJournal) throws -> Proposal
  ) throws -> (LockedJournal?, Prepared?) {
    let locked = try journal.lock(except: draft.id, kind: draft.kind)
    var refreshes: [BundleRefresh] = []
    do {
      let prepared = try prepare(draft, area, locked) { locked in
        let proposal = try decide(locked)
        refreshes = proposal.refreshes
        return proposal
      }
      if prepared == nil {
        RefreshFollower(journal: locked).unlock(own: nil)
        BundleMover.rollBack(all: refreshes)
        journal.report = locked.report
      }
      return (locked, prepared)
    } catch {
      defer { locked.unlock() }
      if let error = error as? JournalError, try journal.storage.markCorrupt(error) {
        return (nil, nil)
      }
      let isOver = !journal.isPrepared(draft.id)
      // A bundle may lie on something that hangs.
      locked.unlock()
      if isOver { BundleMover.rollBack(all: refreshes) }
      throw error
    }
  }

  private var draft: Draft {
    Draft(
      id: id, kind: kind, edits: [],
      author: OperationRecord.Author(journal.session.invocation), started: started,
      addedBlobs: (area?.stagedBlobs ?? []).map { .init(digest: $0.digest, size: $0.size) })
  }

  private static func prepare(
    _ draft: Draft, _ area: StagingArea?, _ locked: LockedJournal,
    _ decide: (LockedJournal) throws -> Proposal
  ) throws -> Prepared? {
    var proposal = try decide(locked)
    if let reversal = proposal.blobReversal {
      proposal.moves = try BlobRelocations(reversal, locked, except: draft.id)
    }
    let edits = proposal.edits.filter { !IndexState.isSame($0.before, $0.after) }
    let settings = proposal.settings.filter { $0.before != $0.after }
    guard !edits.isEmpty || !settings.isEmpty || !proposal.moves.isEmpty || proposal.isForced
    else { return nil }
    var draft = draft
    draft.edits = edits
    draft.settings = settings
    draft.moves = proposal.moves
    draft.placement = proposal.placement
    draft.reverts = proposal.reverts
    draft.details = proposal.details
    draft.refreshes = proposal.refreshes
    let absent = AbsentContent(locked.session, locked.database)
    try noteAbsent(edits, in: &draft, absent)
    var retainer = ContentRetainer(locked.session, locked.database, stage: area)
    try retainer.retain(edits.flatMap(\.after))
    try retainer.sync()
    let (missing, note) = try absent.newlyMissing(
      among: retainer.missing.filter { !proposal.absent.contains($0) }, beside: locked.current.index
    )
    if let note { locked.report.notes.append(note) }
    guard missing.isEmpty else {
      throw JournalError.missingContent(
        missing.sorted(), needed: try absent.dependent(on: missing, among: edits))
    }
    retainer.learn(proposal.newReferences)
    try BlobRelocation(journal: locked).makeFolders(for: draft.moves, of: draft.id)
    let publication = try Publisher(journal: locked).prepare(
      draft, onto: locked.current.index, before: locked.current.digest, retainer: retainer)
    return (publication, edits)
  }

  /// Takes down what the entries that are replaced lack, so that the operation can be taken back all the
  /// same.
  private static func noteAbsent(
    _ edits: [TagEdit], in draft: inout Draft, _ content: AbsentContent
  ) throws(JournalError) {
    var absent: Set<Digest> = []
    for entry in edits.flatMap(\.before) where try !content.database.isPinned(entry.digest) {
      if try !content.isAvailable(entry) { absent.insert(entry.digest) }
    }
    guard !absent.isEmpty else { return }
    draft.details[OperationRecord.absentKey] = JSONValue(
      absent.sorted().map { JSONValue($0.description) })
  }

  /// Rolls the operation back.
  public consuming func rollBack() { abandon() }

  private consuming func abandon() {
    let (journal, id) = (journal, live.id)
    journal.discard(id, (area?.stagedBlobs ?? []).map(\.digest))
    journal.end(live)
  }
}

/// An operation that recovery would finish if this process died now.
///
/// Dropping it rolls it back.
public struct PreparedTransaction: ~Copyable {
  private let locked: LockedJournal
  private let publication: PreparedPublication
  private let area: StagingArea?
  private let edits: [TagEdit]
  /// Nil once it is decided what becomes of it.
  private var live: Announcement?

  init(
    _ locked: LockedJournal, _ publication: PreparedPublication, _ area: StagingArea?,
    _ edits: [TagEdit], _ live: consuming Announcement
  ) {
    self.locked = locked
    self.publication = publication
    self.area = area
    self.edits = edits
    self.live = consume live
  }

  deinit {
    if live != nil { Self.abandon(publication, locked) }
  }

  /// Ends it undecided, as the death of the process would: the next writer recovers it.
  consuming func leave() { live = nil }

  /// Steps 8 to 11: swaps the new index in and tidies up.
  ///
  /// - Returns: The record, and what else was found on the way. The operation is durable then.
  /// - Throws: ``JournalError`` when the swap failed: the operation has not happened then.
  public consuming func commit() throws(JournalError) -> (OperationRecord, RecoveryReport) {
    try commit { _, _ in }
  }

  /// Steps 8 to 11, with something to do after the unlocking and before the operation ends.
  consuming func commit(
    _ afterwards: (LockedJournal, OperationRecord) -> Void
  ) throws(JournalError) -> (OperationRecord, RecoveryReport) {
    let (locked, publication, area, edits) = (locked, publication, area, edits)
    let own = publication.finalised.record.id
    let live = live.take()
    let publisher = Publisher(journal: locked)
    let isAlone: Bool
    do throws(JournalError) {
      isAlone = try publisher.publish(publication)
    } catch {
      switch error {
      case .notDurable, .undecided: locked.unlock()
      default: RefreshFollower(journal: locked).unlock(own: own)
      }
      throw error
    }
    if !isAlone {
      locked.bestEffort("take in what another tool wrote meanwhile") { () throws(JournalError) in
        try Reconciler(locked).absorbReplaced()
      }
    }
    // A foreign gc may have removed our new blobs between their linking and the swap.
    locked.bestEffort("look after the new blobs") { () throws(JournalError) in
      var retainer = ContentRetainer(
        locked.session, locked.database, stage: area, isSecondLook: true)
      try retainer.retain(edits.flatMap(\.after))
      try retainer.sync()
    }
    BlobRelocation(journal: locked).relocate(publication.finalised.record, isAlone: isAlone)
    RefreshFollower(journal: locked).unlock(own: own)
    afterwards(locked, publication.finalised.record)
    publisher.tidyUp(publication.finalised.record.id)
    if !locked.hasLeftRecords { try? live?.end() }
    return (publication.finalised.record, locked.report)
  }

  /// Takes back what was prepared and is not wanted any more; best effort, and what cannot be taken
  /// back, the next recovery finishes.
  private static func abandon(
    _ publication: PreparedPublication, _ locked: LockedJournal
  ) {
    let record = publication.finalised.record
    let publisher = Publisher(journal: locked)
    locked.bestEffort("roll back") { () throws(JournalError) in
      try publisher.rollBack(record, reason: "it was given up before it was published")
      try locked.database.transaction { () throws(JournalError) in
        try locked.database.insertAbandoned(record.addedBlobs.map(\.digest))
      }
    }
    RefreshFollower(journal: locked).unlock(own: record.id)
    publisher.tidyUp(record.id)
    guard !locked.hasLeftRecords else { return }
    locked.bestEffort("end the operation") { () throws(JournalError) in
      try locked.storage.forget(record.id.text)
    }
  }
}

extension OperationJournal {
  /// Removes what an operation has staged, and its intent; best effort, since recovery does the same.
  ///
  /// - Parameter blobs: What may have been linked already: gc need not wait for somebody to want it.
  func discard(_ id: OperationID, _ blobs: [Digest]) {
    removeIntent(id, leaving: blobs)
    // A stage that speaks for a row in the database stays for the next recovery.
    guard !isPrepared(id) else { return }
    try? session.control.stage.removeTree(id.text, "stage.remove")
  }
}

extension ImageIndex {
  /// Makes the changes of a proposal.
  public mutating func apply(_ proposal: Transaction.Proposal) {
    apply(proposal.edits, placement: proposal.placement)
  }
}
