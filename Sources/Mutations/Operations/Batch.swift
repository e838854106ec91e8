public import Journal
public import Store

/// Several mutations as one operation: later ones see what earlier ones did, all happen or none.
public struct Batch: Mutation {
  private var steps: [Step]
  private var stagedDocuments: [Digest: [UInt8]] = [:]

  /// One mutation of a batch.
  public struct Step {
    /// Where it came from, for messages: `line 3`; nil leaves errors as they are.
    public let place: String?
    /// What to do.
    public var mutation: any Mutation
    /// What its destination must be at that point.
    public let expectation: Expectation?

    /// Makes a step.
    public init(place: String?, _ mutation: any Mutation, expectation: Expectation? = nil) {
      self.place = place
      self.mutation = mutation
      self.expectation = expectation
    }
  }

  /// Makes a batch.
  public init(_ steps: [Step]) {
    self.steps = steps
  }

  /// Makes a batch of steps that are staged already.
  init(_ steps: [Step], staged: BatchStaging) {
    self.steps = steps
    stagedDocuments = staged.documents
  }

  /// `batch`.
  public var kind: OperationKind { .batch }

  /// Whether any of its steps does.
  public var stagesBlobs: Bool { steps.contains { $0.mutation.stagesBlobs } }

  /// Stages each step, which sees the index and the documents that the steps before it would leave.
  public mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {
    guard let last = steps.lastIndex(where: \.mutation.stagesBlobs) else { return }
    var staging = try BatchStaging(on: stage, in: context)
    for number in steps.indices.prefix(through: last) { try staging.stage(&steps[number]) }
    stagedDocuments = staging.documents
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
      let proposal = try step.naming {
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
}

extension Batch.Step {
  /// Does something for the step, whose errors say where it came from.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as any DiagnosableError {
      guard let place else { throw error }
      throw BatchError(place: place, cause: error)
    }
  }
}

/// Stages the steps of a batch, one by one: each sees the index and the documents that those before it would
/// leave.
struct BatchStaging {
  private let stage: RememberingStage
  private var context: MutationContext
  /// The index that the steps so far would leave.
  private(set) var index: ImageIndex

  /// Begins without a step.
  init(on stage: any BlobStage, in context: MutationContext) throws {
    self.stage = RememberingStage(stage)
    self.context = context
    index = try context.readIndex()
  }

  /// The documents that were staged so far.
  var documents: [Digest: [UInt8]] { stage.documents }

  /// Stages the next step.
  mutating func stage(_ step: inout Batch.Step) throws {
    context.plannedIndex = index
    context.stagedDocuments = stage.documents
    var mutation = step.mutation
    let proposal = try step.naming {
      if mutation.stagesBlobs {
        try mutation.stage(stage, in: context)
        context.stagedDocuments = stage.documents
      }
      return try mutation.propose(on: index, in: context)
    }
    step.mutation = mutation
    // Edited in place: a copy for each step would make many of them quadratic.
    context.plannedIndex = nil
    index.apply(proposal)
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
  public var remedy: Remedy? { cause.remedy }
}
