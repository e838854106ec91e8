public import Journal
internal import Store

/// What an image is taken from: a tag, now or at some point of its history.
public struct ImageSource: Equatable, Sendable {
  /// The tag and the revision.
  public let reference: TagReference
  /// Whether the entry itself is meant, be it an index of several platforms.
  public let isWhole: Bool

  /// Names a source.
  public init(_ reference: TagReference, isWhole: Bool = false) {
    self.reference = reference
    self.isWhole = isWhole
  }

  /// The descriptor that the source stands for.
  ///
  /// - Throws: ``ReferenceError`` when it stands for nothing or for several images, and
  ///   ``JournalError`` when the history does not know the revision.
  func resolve(in index: ImageIndex, _ context: MutationContext) throws -> Descriptor {
    let view = try self.view(of: index, context)
    let name = reference.name.rawValue
    if isWhole {
      let entries = view.entries(named: name)
      if let only = entries.first, entries.count == 1 { return only.descriptor }
    }
    return try References.resolveOne(name, in: view, read: context.read).target
  }

  /// The way to the image that the source stands for.
  ///
  /// - Throws: Like ``resolve(in:_:)``.
  func path(
    in index: ImageIndex, platform: Platform?, _ context: MutationContext
  ) throws -> DescriptorPath {
    try References.resolveOne(
      reference.name.rawValue, in: try view(of: index, context), platform: platform,
      read: context.read)
  }

  /// The index in which the tag has the value that is meant.
  func view(of index: ImageIndex, _ context: MutationContext) throws -> ImageIndex {
    guard reference.revision != .current else { return index }
    guard let history = context.history else {
      throw JournalError.noHistory(path: context.layout.path)
    }
    let name = reference.name.rawValue
    let entries = try history.value(
      of: name, at: reference.revision, current: index, now: context.invocation.now())
    guard !entries.isEmpty else {
      throw JournalError.noSuchRevision(
        tag: name, revision: reference.revision, reason: "the tag did not exist then")
    }
    var view = ImageIndex.empty
    view.replaceEntries(named: name, with: entries)
    return view
  }
}
