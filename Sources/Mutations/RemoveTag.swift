public import Journal
public import Store

/// Removes a tag, all its entries; its content stays until gc; umoci-behaviour §1.7.
public struct RemoveTag: Mutation {
  let tag: ReferenceName

  /// Removes a tag.
  ///
  /// It is no error that there is none, as in umoci.
  public init(_ tag: ReferenceName) {
    self.tag = tag
  }

  /// `remove`.
  public var kind: OperationKind { .remove }

  /// The tag.
  public var destination: String? { tag.rawValue }

  /// Proposes to have no entry.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    let entries = index.entries(named: tag.rawValue).map(\.descriptor)
    return .init(edits: [TagEdit(key: .name(tag.rawValue), before: entries, after: [])])
  }
}
