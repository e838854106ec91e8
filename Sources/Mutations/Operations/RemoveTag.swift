public import Journal
public import Store

/// Removes a tag, all its entries, or an entry without a tag; its content stays until gc;
/// umoci-behaviour §1.7.
public struct RemoveTag: Mutation {
  /// What is removed.
  enum Target {
    case tag(ReferenceName)
    case untagged(DigestPrefix)
  }

  let target: Target

  /// Removes a tag.
  ///
  /// It is no error that there is none, as in umoci.
  public init(_ tag: ReferenceName) {
    target = .tag(tag)
  }

  /// Removes the entry of index.json that has no tag and a digest that begins so.
  ///
  /// It is an error when there is none, when there are several, and when tags stand for it.
  public init(untagged prefix: DigestPrefix) {
    target = .untagged(prefix)
  }

  /// `remove`.
  public var kind: OperationKind { .remove }

  /// The tag.
  public var destination: String? {
    if case .tag(let tag) = target { tag.rawValue } else { nil }
  }

  /// Proposes to have no entry.
  public func propose(
    on index: ImageIndex, in context: MutationContext
  ) throws -> Transaction.Proposal {
    let key: EntryKey
    switch target {
    case .tag(let tag): key = .name(tag.rawValue)
    case .untagged(let prefix): key = .unnamed(try Self.untagged(prefix, in: index))
    }
    return .init(edits: [TagEdit(key: key, before: index.descriptors(of: key), after: [])])
  }

  private static func untagged(_ prefix: DigestPrefix, in index: ImageIndex) throws -> Digest {
    let matching = index.entries.filter { prefix.matches($0.descriptor.digest) }
    var found: [Digest: Descriptor] = [:]
    for entry in matching where entry.referenceName == nil {
      found[entry.descriptor.digest] = entry.descriptor
    }
    guard let digest = found.keys.first else {
      let tags = matching.compactMap(\.referenceName)
      guard tags.isEmpty else { throw ImageError.tagged("\(prefix)", tags: tags) }
      throw ReferenceError.noSuchDigest("\(prefix)", isUntagged: true)
    }
    guard found.count == 1 else {
      throw ReferenceError.ambiguousDigest(
        "\(prefix)",
        candidates: found.values.sorted { $0.digest < $1.digest }.map {
          .init(digest: $0.digest, mediaType: $0.mediaType, platform: $0.platform)
        })
    }
    return digest
  }
}
