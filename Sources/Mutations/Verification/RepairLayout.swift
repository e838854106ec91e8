public import Journal
public import Layers
public import Store

/// Verifies a layout and mends what has a good copy: blobs from what the history keeps or gc has
/// withdrawn, records and rows from each other, `oci-layout`, and kept copies from the blobs.
///
/// What changes blobs or tags is one operation of the history. Nothing is ever made up: what has no
/// good copy stays as it is and is told.
public struct RepairLayout {
  /// What became of a repair.
  public struct Outcome: Sendable {
    /// What was done beside the operation, a sentence each.
    public internal(set) var notes: [Note] = []
    /// What recovery and reconciling did.
    public internal(set) var recovery = RecoveryReport()
    /// The operation that restored blobs or removed tags, if one was needed.
    public internal(set) var record: OperationRecord?
    /// The blobs that were put back, or, of a dry run, would be, with the place of the copy.
    public internal(set) var restored: [(digest: Digest, from: String)] = []
    /// Of a dry run: what of the journal would be mended.
    public internal(set) var journalFindings: [LayoutFinding] = []
    /// The blobs that are damaged or missing and have no good copy.
    public internal(set) var beyondRepair: [Digest] = []
    /// The tags that were removed, or would be.
    public internal(set) var removedTags: [String] = []
    /// How the layout is now.
    public internal(set) var verification: LayoutVerification
  }

  private let path: String
  private let removedTags: [String]
  private let isDeep: Bool
  private let invocation: Invocation
  private let options: WritingOptions
  /// Told how far the reading is, in the caller's thread.
  public var onProgress: (ExtractionProgress) -> Void = { _ in }

  /// Prepares a repair of the layout at a path.
  ///
  /// - Parameters:
  ///   - path: The layout.
  ///   - removedTags: Tags that are removed when something that they need cannot be mended.
  ///   - isDeep: Whether layers are looked into.
  ///   - invocation: Who repairs, and why.
  ///   - options: How it is written.
  public init(
    at path: String, removing removedTags: [String], isDeep: Bool, _ invocation: Invocation,
    _ options: WritingOptions
  ) {
    self.path = path
    self.removedTags = removedTags
    self.isDeep = isDeep
    self.invocation = invocation
    self.options = options
  }

  /// Says what a repair would restore and remove, and changes nothing.
  public func plan() throws -> Outcome {
    let layout = try ImageLayout.openForHistory(path)
    var outcome = Outcome(verification: try verify(layout))
    let plan = try plan(layout, outcome.verification)
    tell(plan, &outcome)
    // What keeps it from being opened was not looked for.
    let isIndexGone = outcome.verification.findings.contains { $0.code == .indexInvalid }
    if !isIndexGone || !ImageLayout.hasMarker(in: layout.root, path) {
      outcome.verification.findings.insert(contentsOf: closed(), at: 0)
    }
    let hasHistory = try OperationHistory.open(layout) != nil
    outcome.journalFindings = outcome.verification.findings.filter {
      LayoutFinding.Code.mendedOfJournals.contains($0.code)
        || hasHistory && [.layoutInvalid, .indexInvalid].contains($0.code)
    }
    return outcome
  }

  /// What is missing or wrong where the layout begins: a history is all that it takes to mend that.
  private func closed() -> [LayoutFinding] {
    do throws(LayoutError) { _ = try ImageLayout.open(path) } catch {
      return LayoutVerification(of: error, at: path)?.findings ?? []
    }
    return []
  }

  /// Repairs.
  ///
  /// - Throws: ``RepairError`` when a tag that is to go is whole; ``JournalError`` and
  ///   ``LayoutError``. What was mended before stays mended.
  public func run() throws -> Outcome {
    var (layout, notes) = try LayoutMending.makeReady(path, options)
    var recovery = RecoveryReport()
    if try OperationHistory.open(layout) != nil || isAdopted(layout) {
      notes += try journal(layout).mendHistory()
      recovery = try journal(layout).recover(.repairing)
    }
    var outcome = Outcome(verification: try verify(layout))
    outcome.notes = notes
    outcome.recovery = recovery
    let plan = try plan(layout, outcome.verification)
    let isChanged = try carryOut(plan, layout, &outcome)
    if isChanged || !outcome.notes.isEmpty { outcome.verification = try verify(layout) }
    return outcome
  }

  /// - Returns: Whether anything was done.
  private func carryOut(
    _ plan: OperationJournal.RepairPlan, _ layout: ImageLayout, _ outcome: inout Outcome
  ) throws -> Bool {
    tell(plan, &outcome)
    if !plan.isEmpty {
      outcome.notes += try journal(layout).makeRoom(for: plan)
      let (record, _) = try journal(layout).repair(plan)
      outcome.record = record
    }
    guard isAdopted(layout) else { return !plan.isEmpty }
    let paths = Set(
      outcome.verification.findings
        .filter { $0.code == .keptDigest || $0.code == .trashDigest }.map(\.subject))
    let damaged = KeptFile.all(in: layout).files.filter { paths.contains($0.path) }
    let copies: Set<LayoutFinding.Code> = [
      .documentCopy, .keptMissing, .referencesChanged, .databaseRow,
    ]
    let needsDocuments = outcome.verification.findings.contains { copies.contains($0.code) }
    guard !damaged.isEmpty || needsDocuments else { return !plan.isEmpty }
    outcome.notes += try journal(layout).mendCopies(damaged)
    return true
  }

  private func tell(_ plan: OperationJournal.RepairPlan, _ outcome: inout Outcome) {
    outcome.restored = plan.copies.map { ($0.digest, $0.word) }
    outcome.removedTags = plan.removedTags
    let mended = Set(plan.copies.map(\.digest))
    outcome.beyondRepair = outcome.verification.damaged.keys.filter { !mended.contains($0) }
      .sorted()
  }

  private func isAdopted(_ layout: ImageLayout) -> Bool { ContentFinder(of: layout) != nil }

  private func journal(_ layout: ImageLayout) throws -> OperationJournal {
    try OperationJournal(writing: layout, invocation, options)
  }

  private func verify(_ layout: ImageLayout) throws -> LayoutVerification {
    var verify = VerifyLayout(layout, isDeep: isDeep, invocation)
    verify.onProgress = onProgress
    return try verify.run()
  }
}

/// Deciding what can be mended.
extension RepairLayout {
  private func plan(
    _ layout: ImageLayout, _ verification: LayoutVerification
  ) throws -> OperationJournal.RepairPlan {
    var plan = OperationJournal.RepairPlan()
    let copies = ContentFinder(of: layout)
    for digest in verification.damaged.keys.sorted() {
      if let copy = copies?.verified(digest) { plan.copies.append(copy) }
    }
    let mended = Set(plan.copies.map(\.digest))
    for tag in removedTags where try isBeyondRepair(tag, layout, mended) {
      plan.removedTags.append(tag)
    }
    return plan
  }

  /// Whether a tag needs something that is damaged and will stay so.
  ///
  /// - Returns: False when it is gone already, as the history knows.
  /// - Throws: ``RepairError/wholeTag(_:)`` when nothing is wrong with it;
  ///   ``ReferenceError/notFound(name:similar:)`` when there has never been one.
  private func isBeyondRepair(
    _ tag: String, _ layout: ImageLayout, _ mended: Set<Digest>
  ) throws -> Bool {
    let index = try layout.readIndex().index
    let past = HistoryFilter(tag: tag, limit: 1)
    if index.entries(named: tag).isEmpty,
      try OperationHistory.open(layout)?.operations(past).isEmpty == false
    {
      return false
    }
    let entries = try index.requiredEntries(named: tag)
    let damaged = try VerifyLayout(layout, entries: entries, tag: tag, invocation).run().damaged
    guard !damaged.keys.allSatisfy(mended.contains) else { throw RepairError.wholeTag(tag) }
    return true
  }
}

/// Something that a repair refuses to do.
public enum RepairError: Error, Equatable, Sendable {
  /// A tag that was to go is whole, or can be mended.
  case wholeTag(String)
}

extension RepairError: DiagnosableError {
  /// What was refused, in one line.
  public var description: String {
    switch self {
    case .wholeTag(let tag): "tag \(tag) is whole, or can be mended"
    }
  }

  /// Wrong usage.
  public var category: FailureCategory { .usage }

  /// Nothing is behind it.
  public var causes: [String] { [] }

  /// What to do instead.
  public var remedy: Remedy? {
    switch self {
    case .wholeTag(let tag):
      "\(.removeTag(tag)) removes a tag that is not broken"
    }
  }
}
