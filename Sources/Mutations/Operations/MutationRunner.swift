public import Journal
public import Store

/// What became of a mutation.
public enum MutationOutcome: Sendable {
  /// Nothing had to change; nothing was recorded.
  case unchanged
  /// A dry run: this would change.
  case planned([TagEdit], settings: [SettingEdit] = [])
  /// It is done and durable.
  case committed(OperationRecord)
}

/// What a tag must be for an operation to happen.
public enum Expectation: Equatable, Sendable {
  /// The tag must not exist.
  case absent
  /// The tag must point to this: a digest that its own begins with, or what another tag points to.
  case image(ImageReference)
}

/// Runs mutations: the only place that knows the sequence of an operation.
public struct MutationRunner {
  /// The layout.
  public let layout: ImageLayout
  /// Who runs the command.
  public let invocation: Invocation
  /// How it behaves.
  public var options: WritingOptions
  /// Whether nothing is changed, not even by making a journal.
  public let isDryRun: Bool
  /// What the destination tag must be.
  public let expectation: Expectation?

  /// Makes a runner for one command.
  public init(
    layout: ImageLayout, invocation: Invocation, options: WritingOptions, isDryRun: Bool = false,
    expectation: Expectation? = nil
  ) {
    self.layout = layout
    self.invocation = invocation
    self.options = options
    self.isDryRun = isDryRun
    self.expectation = expectation
  }

  /// Stages, prepares and commits one mutation.
  ///
  /// - Returns: What became of it, and what recovery and reconciling did on the way. A commit is
  ///   durable then (full durability).
  /// - Throws: Whatever went wrong; nothing has changed then.
  public func run(_ mutation: some Mutation) throws -> (MutationOutcome, RecoveryReport) {
    guard !isDryRun else { return (try plan(mutation), RecoveryReport()) }
    // A mistake in the very first command must not leave a journal behind.
    if try OperationHistory.open(layout) == nil { try preflight(mutation) }
    return try run(mutation.kind, stages: mutation.stagesBlobs) { transaction in
      var mutation = mutation
      if mutation.stagesBlobs {
        try mutation.stage(OperationStage(area: transaction.stagingArea()), in: context())
      }
      return mutation
    }
  }

  /// The same for something that shows only while it is staged what it is.
  func run<Change: Mutation>(
    _ kind: OperationKind, _ staging: (any BlobStage, MutationContext) throws -> Change
  ) throws -> (MutationOutcome, RecoveryReport) {
    try run(kind, stages: true) { transaction in
      try staging(OperationStage(area: transaction.stagingArea()), context())
    }
  }

  private func run<Change: Mutation>(
    _ kind: OperationKind, stages: Bool, _ staging: (inout Transaction) throws -> Change
  ) throws -> (MutationOutcome, RecoveryReport) {
    let journal = try OperationJournal(writing: layout, invocation, options)
    var transaction = try journal.begin(kind, stages: stages)
    let ready: Change
    do {
      ready = try staging(&transaction)
    } catch {
      transaction.rollBack()
      throw error
    }
    let prepared = try transaction.prepare { index in
      try propose(ready, on: index)
    }
    guard let prepared else { return (.unchanged, journal.report) }
    let (record, report) = try prepared.commit()
    return (.committed(record), report)
  }

  /// What a mutation would change.
  ///
  /// Reads only.
  private func plan(_ mutation: some Mutation) throws -> MutationOutcome {
    var mutation = mutation
    let stage = DryStage()
    if mutation.stagesBlobs { try mutation.stage(stage, in: context()) }
    let index = try layout.readIndex().index
    let proposal = try propose(mutation, on: index)
    let edits = proposal.edits.filter { $0.before != $0.after }
    try context().history?.checkContent(
      of: edits, without: proposal.absent, beside: index, planned: stage.planned)
    let settings = proposal.settings.filter { $0.before != $0.after }
    return edits.isEmpty && settings.isEmpty ? .unchanged : .planned(edits, settings: settings)
  }

  private func preflight(_ mutation: some Mutation) throws {
    var mutation = mutation
    if mutation.stagesBlobs { try mutation.stage(DryStage(isPreflight: true), in: context()) }
    _ = try propose(mutation, on: layout.readIndex().index)
  }

  /// The history is opened anew: what is under the lock now may not have been there before.
  private func context() throws -> MutationContext {
    MutationContext(layout, history: try OperationHistory.open(layout), invocation)
  }

  private func propose(
    _ mutation: some Mutation, on index: ImageIndex
  ) throws -> Transaction.Proposal {
    let context = try context()
    if let expectation, let tag = mutation.destination {
      try ExpectationCheck(tag: tag, expectation: expectation).run(on: index, context)
    }
    return try mutation.propose(on: index, in: context)
  }
}

/// Compare-and-swap on a tag.
struct ExpectationCheck {
  let tag: String
  let expectation: Expectation

  /// - Throws: ``JournalError/conflict(_:)`` when the tag is something else.
  func run(on index: ImageIndex, _ context: MutationContext) throws {
    let actual = index.entries(named: tag).map(\.descriptor.digest)
    let expected: String?
    switch expectation {
    case .absent:
      if actual.isEmpty { return }
      expected = nil
    case .image(let reference):
      switch reference.settled(in: index) {
      case .digest(let prefix):
        if actual.count == 1, prefix.matches(actual[0]) { return }
        expected = prefix.description
      case .tag, .tagOrDigest:
        let digests = try ImageSource(reference).entries(in: index, context).map(\.digest)
        if actual == digests { return }
        expected = digests.map(\.description).joined(separator: " and ")
      }
    }
    throw JournalError.conflict(
      TagConflict(
        tag: tag, expected: expected,
        actual: actual.isEmpty ? nil : actual.map(\.description).joined(separator: " and "),
        mover: try context.history?.lastMover(of: .name(tag)),
        advice:
          "look at it with \(.listOperations(tag: tag)), then run the command again"
          + " with what you expect now"))
  }
}
