public import Journal
public import Store

/// Sets tags back to what they were after an operation, all of them or some, as one operation.
public struct RestoreState: Mutation {
  let operation: OperationRecord
  let tags: Set<String>?

  /// Goes back to the state after an operation.
  ///
  /// - Parameters:
  ///   - operation: The operation.
  ///   - tags: Only these tags; nil for the whole index.
  public init(to operation: OperationRecord, tags: Set<String>? = nil) {
    self.operation = operation
    self.tags = tags
  }

  /// `restore`.
  public var kind: OperationKind { .restore }

  /// Proposes every change that leads back.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    guard let history = context.history else {
      throw JournalError.noHistory(path: context.layout.path)
    }
    let target = try history.index(after: operation.sequence)
    let edits = Reversal.edits(restoring: target, from: index, tags: tags)
    return .init(
      edits: edits, placement: .inPlace, details: ["to": JSONValue(operation.sequence)])
  }
}
