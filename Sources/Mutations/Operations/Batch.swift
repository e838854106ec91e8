public import Journal
public import Store

/// Several mutations as one operation: later ones see what earlier ones did, all happen or none.
public struct Batch: Mutation {
  private var steps: [Step]
  private var stagedDocuments: [Digest: [UInt8]] = [:]

  /// One mutation of a batch.
  public struct Step {
    /// Where it came from, for messages: `line 3`.
    public let place: String
    /// What to do.
    public var mutation: any Mutation
    /// What its destination must be at that point.
    public let expectation: Expectation?

    /// Makes a step.
    public init(place: String, _ mutation: any Mutation, expectation: Expectation? = nil) {
      self.place = place
      self.mutation = mutation
      self.expectation = expectation
    }
  }

  /// Makes a batch.
  public init(_ steps: [Step]) {
    self.steps = steps
  }

  /// `batch`.
  public var kind: OperationKind { .batch }

  /// Whether any of its steps does.
  public var stagesBlobs: Bool { steps.contains { $0.mutation.stagesBlobs } }

  /// Stages each step, which sees the index and the documents that the steps before it would leave.
  public mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {
    guard let last = steps.lastIndex(where: \.mutation.stagesBlobs) else { return }
    let stage = RememberingStage(stage)
    var context = context
    var index = try context.readIndex()
    for number in steps.indices.prefix(through: last) {
      try Self.naming(steps[number].place) {
        context.plannedIndex = index
        context.stagedDocuments = stage.documents
        if steps[number].mutation.stagesBlobs {
          try steps[number].mutation.stage(stage, in: context)
          context.stagedDocuments = stage.documents
        }
        let proposal = try steps[number].mutation.propose(on: index, in: context)
        // Edited in place: a copy for each step would make many of them quadratic.
        context.plannedIndex = nil
        index.apply(proposal)
      }
    }
    stagedDocuments = stage.documents
  }

  /// Proposes all changes as one: for each tag, what was before the first and is after the last.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    var index = index
    var context = context
    context.stagedDocuments = stagedDocuments
    var edits: [EntryKey: TagEdit] = [:]
    var order: [EntryKey] = []
    var refreshes: [BundleRefresh] = []
    for step in steps {
      let proposal = try Self.naming(step.place) {
        if let expectation = step.expectation, let tag = step.mutation.destination {
          try ExpectationCheck(tag: tag, expectation: expectation).run(on: index, context)
        }
        return try step.mutation.propose(on: index, in: context)
      }
      index.apply(proposal)
      refreshes += proposal.refreshes
      for edit in proposal.edits {
        if edits[edit.key] == nil { order.append(edit.key) }
        edits[edit.key] = TagEdit(
          key: edit.key, before: edits[edit.key]?.before ?? edit.before, after: edit.after)
      }
    }
    return .init(edits: order.compactMap { edits[$0] }, refreshes: refreshes)
  }

  private static func naming<Result>(
    _ place: String, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as any DiagnosableError {
      throw BatchError(place: place, cause: error)
    }
  }
}

/// What went wrong in a batch, and where.
public struct BatchError: DiagnosableError {
  /// The step, as its maker named it.
  public let place: String
  /// What went wrong.
  public let cause: any DiagnosableError

  /// Makes an error of a step.
  public init(place: String, cause: any DiagnosableError) {
    self.place = place
    self.cause = cause
  }

  /// The step and what went wrong.
  public var description: String { "\(place): \(cause)" }
  /// The category of the cause.
  public var category: FailureCategory { cause.category }
  /// What is behind the cause.
  public var causes: [String] { cause.causes + ["nothing of the batch has been done"] }
  /// The advice of the cause.
  public var hint: String? { cause.hint }
}
