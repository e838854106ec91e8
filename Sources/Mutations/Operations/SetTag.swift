public import Journal
public import Store

/// Makes a tag stand for an image of the layout; umoci-behaviour §1.7.
public struct SetTag: Mutation {
  let source: ImageSource
  let tag: ReferenceName

  /// Sets `tag` to what `source` stands for, whatever it was before.
  public init(_ tag: ReferenceName, to source: ImageSource) {
    self.tag = tag
    self.source = source
  }

  /// `tag`.
  public var kind: OperationKind { .tag }

  /// The new tag.
  public var destination: String? { tag.rawValue }

  /// Proposes the entry.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    let descriptor = try source.resolve(in: index, context)
    return .init(edits: [context.edit(tag.rawValue, to: descriptor, on: index)])
  }
}
