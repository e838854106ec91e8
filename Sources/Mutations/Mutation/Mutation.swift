public import Journal
public import Store

/// One thing that a user can do to a layout: *stage* what is new, then *propose* changes of the
/// index that is current when the layout is locked.
///
/// A mutation knows nothing of locks, journals and recovery; ``MutationRunner`` alone does.
public protocol Mutation {
  /// What the record will say it was.
  var kind: OperationKind { get }
  /// The tag that `--expect` is about; nil when there is none, or more than one.
  var destination: String? { get }
  /// Whether it stages blobs.
  var stagesBlobs: Bool { get }

  /// Puts new blobs together. No lock is held; may take minutes.
  mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws

  /// Decides on the changes. The layout is locked: be quick.
  ///
  /// - Parameter index: The index that is current.
  func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal
}

extension Mutation {
  /// No tag.
  public var destination: String? { nil }
  /// It stages nothing.
  public var stagesBlobs: Bool { false }
  /// Stages nothing.
  public mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {}
}

/// What a mutation may look at.
public struct MutationContext {
  /// The layout.
  public let layout: ImageLayout
  /// Its history; nil when it has none.
  public let history: OperationHistory?
  /// Who runs the command, and the clock.
  public let invocation: Invocation
  /// The index that later steps of a batch are planned on; nil for the layout's own.
  var plannedIndex: ImageIndex?
  /// Documents that earlier steps of a batch have staged.
  var stagedDocuments: [Digest: [UInt8]] = [:]

  /// Makes a context.
  public init(_ layout: ImageLayout, history: OperationHistory?, _ invocation: Invocation) {
    self.layout = layout
    self.history = history
    self.invocation = invocation
  }

  /// Reads documents, wherever a verified copy is.
  public var documents: ContentFinder { ContentFinder(layout, history: history) }

  /// The verified bytes of a document: of an earlier step of the batch, or like ``documents``.
  func read(_ descriptor: Descriptor) throws -> [UInt8] {
    try stagedDocuments[descriptor.digest] ?? documents.read(descriptor)
  }

  /// The index to plan on; what is current when the layout is locked may be another one.
  func readIndex() throws -> ImageIndex { try plannedIndex ?? layout.readIndex().index }

  /// The edit that makes a tag an entry.
  func edit(_ tag: String, to descriptor: Descriptor, on index: ImageIndex) -> TagEdit {
    TagEdit(
      key: .name(tag), before: index.entries(named: tag).map(\.descriptor),
      after: [descriptor.settingAnnotation(Annotations.referenceName, to: tag)])
  }
}
