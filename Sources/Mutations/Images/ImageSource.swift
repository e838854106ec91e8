public import Journal
internal import Store

/// What an image is taken from: a tag, now or at some point of its history, or a digest.
public struct ImageSource: Equatable, Sendable {
  /// The tag and the revision, or the digest.
  public let reference: ImageReference
  /// Whether the entry itself is meant, be it an index of several platforms.
  public let isWhole: Bool

  /// Names a source.
  public init(_ reference: ImageReference, isWhole: Bool = false) {
    self.reference = reference
    self.isWhole = isWhole
  }

  /// Names a tag as a source.
  public init(_ tag: TagReference, isWhole: Bool = false) {
    self.init(.tag(tag), isWhole: isWhole)
  }

  /// The descriptor that the source stands for; a digest stands for exactly the document of that digest.
  ///
  /// - Throws: ``ReferenceError`` when it stands for nothing or for several images, and
  ///   ``JournalError`` when the history does not know the revision.
  func resolve(in index: ImageIndex, _ context: MutationContext) throws -> Descriptor {
    let entries = try entries(in: index, context)
    if isWhole || isDigest(in: index), let first = entries.first,
      entries.allSatisfy({ $0.digest == first.digest })
    {
      return first
    }
    do {
      return try References.resolveOne(entries, named: name, read: context.read).target
    } catch ReferenceError.ambiguous(let name, let candidates, let total, _) {
      throw ReferenceError.ambiguous(
        name: name, candidates: candidates, total: total,
        isWholeWelcome: !isWhole && entries.count == 1)
    }
  }

  /// The way to the image that the source stands for.
  ///
  /// - Throws: Like ``resolve(in:_:)``.
  func path(
    in index: ImageIndex, platform: Platform?, _ context: MutationContext
  ) throws -> DescriptorPath {
    try References.resolveOne(
      entries(in: index, context), named: name, platform: platform, read: context.read)
  }

  /// The entries that are meant, at least one.
  ///
  /// - Throws: Like ``resolve(in:_:)``.
  func entries(in index: ImageIndex, _ context: MutationContext) throws -> [Descriptor] {
    switch reference.settled(in: index) {
    case .tag(let tag), .tagOrDigest(let tag, _): try entries(of: tag, in: index, context)
    case .digest(let prefix):
      [try DigestLookup(context: context, index: index).descriptor(of: prefix)]
    }
  }

  /// What stands in messages.
  private var name: String {
    if case .tag(let tag) = reference { tag.name.rawValue } else { "\(reference)" }
  }

  private func isDigest(in index: ImageIndex) -> Bool {
    if case .digest = reference.settled(in: index) { true } else { false }
  }

  /// The value of a tag that is meant.
  private func entries(
    of tag: TagReference, in index: ImageIndex, _ context: MutationContext
  ) throws -> [Descriptor] {
    let name = tag.name.rawValue
    guard tag.revision != .current else { return try index.requiredEntries(named: name) }
    guard let history = context.history else {
      throw JournalError.noHistory(path: context.layout.path)
    }
    let entries = try history.value(
      of: name, at: tag.revision, current: index, now: context.invocation.now())
    guard entries.isEmpty else { return entries }
    throw JournalError.noSuchRevision(
      tag: name, revision: tag.revision.description, reason: "the tag did not exist then")
  }
}
