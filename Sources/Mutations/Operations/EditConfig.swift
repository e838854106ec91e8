public import Journal
public import Store

/// Edits the config and the annotations of an image; umoci-behaviour §5.4.
///
/// Reads two documents, and the indexes on the way to them; never a layer.
public struct EditConfig: Mutation {
  let source: ImageSource
  let platform: Platform?
  let tag: ReferenceName
  let edits: [ConfigEdit]
  let policy: HistoryPolicy
  let created: Timestamp?
  private var plan: Plan?

  /// What was decided without the lock.
  private struct Plan {
    let entry: Descriptor
    /// What the destination was then.
    let destination: [Descriptor]
  }

  /// Edits an image and sets a tag to the result.
  ///
  /// - Parameters:
  ///   - source: The image.
  ///   - platform: Which image of an index of several platforms.
  ///   - tag: The tag; it is a conflict when somebody else moves it meanwhile.
  ///   - edits: What to do, in this order.
  ///   - policy: What the history tells.
  ///   - created: When the history entry says it was done; nil for now.
  public init(
    _ source: ImageSource, platform: Platform? = nil, to tag: ReferenceName,
    edits: [ConfigEdit], history policy: HistoryPolicy = .entry(.init()), created: Timestamp? = nil
  ) {
    self.source = source
    self.platform = platform
    self.tag = tag
    self.edits = edits
    self.policy = policy
    self.created = created
  }

  /// `config`.
  public var kind: OperationKind { OperationKind(rawValue: "config") }

  /// The tag.
  public var destination: String? { tag.rawValue }

  /// A config and a manifest, and the indexes above them.
  public var stagesBlobs: Bool { true }

  /// The image with all edits made, and nothing staged: what a dry run shows.
  ///
  /// - Throws: ``ReferenceError``, ``ImageError`` and reading errors.
  public func edited(in context: MutationContext) throws -> ImageEditor {
    try edited(on: try context.readIndex(), context)
  }

  private func edited(on index: ImageIndex, _ context: MutationContext) throws -> ImageEditor {
    let path = try source.path(in: index, platform: platform, context)
    var editor = try ImageEditor(path, read: context.read)
    for edit in edits { try editor.apply(edit) }
    editor.addRequiredMembers()
    let entry = policy.entry(
      created: created ?? context.invocation.now(), createdBy: "umoci config",
      author: editor.config.author, isEmptyLayer: true)
    if let entry { editor.config.appendHistory(entry) }
    return editor
  }

  /// Stages the new documents.
  public mutating func stage(_ stage: any BlobStage, in context: MutationContext) throws {
    let index = try context.readIndex()
    let editor = try edited(on: index, context)
    plan = Plan(
      entry: try editor.stage(on: stage, read: context.read),
      destination: index.entries(named: tag.rawValue).map(\.descriptor))
  }

  /// Proposes the entry, unless somebody has moved the tag since it was planned.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    guard let plan else { return .init(edits: []) }
    let edit = context.edit(tag.rawValue, to: plan.entry, on: index)
    try context.requireUnmoved(edit, since: plan.destination)
    return .init(edits: [edit])
  }
}

extension MutationContext {
  /// Refuses an edit of a tag that is no longer what the edit was planned on.
  ///
  /// - Throws: ``JournalError/conflict(_:)``, which says who moved it and when.
  func requireUnmoved(_ edit: TagEdit, since planned: [Descriptor]) throws {
    let isSame =
      planned.count == edit.before.count
      && zip(planned, edit.before).allSatisfy { $0.isSameReference(as: $1) }
    if isSame { return }
    throw JournalError.conflict(
      TagConflict(
        tag: edit.key.description, expected: Self.digests(planned),
        actual: Self.digests(edit.before), mover: try history?.lastMover(of: edit.key),
        advice: "it moved while this command was at work: run the command again to edit what it"
          + " is now"))
  }

  private static func digests(_ descriptors: [Descriptor]) -> String? {
    descriptors.isEmpty
      ? nil : descriptors.map(\.digest.description).joined(separator: " and ")
  }
}
