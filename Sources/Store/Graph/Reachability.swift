/// Which blobs are reached from roots, and how strongly: the marks of a garbage collection.
///
/// Roots of different strength are marked one after the other; a blob keeps the strongest mark that it gets.
/// Nothing is read here: the caller knows the children of documents.
public struct Reachability: Sendable {
  /// How strongly something is needed.
  public enum Strength: UInt8, Comparable, Sendable {
    /// index.json reaches it, or somebody at work does.
    case live
    /// Only the history reaches it, at a state that can still be gone back to.
    case history
    /// A state has reached it that is too old to be gone back to.
    case past

    /// Stronger before weaker.
    public static func < (left: Strength, right: Strength) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// What is known of one blob.
  public struct Mark: Sendable {
    /// How strongly it is needed.
    public fileprivate(set) var strength: Strength
    /// Whether something refers to it that must not go without it.
    public fileprivate(set) var isRequired: Bool
    /// The size that its first reference gives it, in bytes.
    public let size: Int64
  }

  /// A document and the role in which it was taken apart.
  private struct Document: Hashable {
    let digest: Digest
    let role: BlobReference.Role
  }

  /// The marks.
  public private(set) var marks: [Digest: Mark] = [:]
  /// Documents whose children are not known: missing, or damaged.
  public private(set) var unreadable: Set<Digest> = []
  private var visited: [Document: Strength] = [:]
  /// Those that were visited in vain.
  private var unread: Set<Document> = []

  /// No marks.
  public init() {}

  /// The mark of a blob; nil when nothing has reached it.
  public subscript(digest: Digest) -> Mark? { marks[digest] }

  /// Whether a blob is needed at least so strongly.
  public func isReached(_ digest: Digest, as strength: Strength) -> Bool {
    marks[digest].map { $0.strength <= strength } ?? false
  }

  /// Marks everything that roots reach.
  ///
  /// Takes time in the number of references that were not followed before.
  ///
  /// - Parameter children: What a document refers to; nil when that cannot be told.
  public mutating func mark<Failure: Error>(
    _ roots: [BlobReference], as strength: Strength,
    children: (BlobReference) throws(Failure) -> [BlobReference]?
  ) throws(Failure) {
    var pending = roots
    while let reference = pending.popLast() {
      note(reference, strength)
      guard reference.role.refersToOthers else { continue }
      let document = Document(digest: reference.digest, role: reference.role)
      if let known = visited[document], known <= strength { continue }
      visited[document] = strength
      guard let found = try children(reference) else {
        unread.insert(document)
        if !reference.isOptional { unreadable.insert(reference.digest) }
        continue
      }
      pending += found
    }
  }

  /// Forgets that documents could not be read: the next marking asks for their children again.
  ///
  /// - Parameter isBack: Whether a document may be readable by now.
  /// - Returns: Those that are forgotten.
  public mutating func forgetUnread(where isBack: (Digest) -> Bool) -> Set<Digest> {
    let back = unread.filter { isBack($0.digest) }
    for document in back { visited[document] = nil }
    unread.subtract(back)
    let digests = Set(back.map(\.digest))
    unreadable.subtract(digests)
    return digests
  }

  private mutating func note(_ reference: BlobReference, _ strength: Strength) {
    guard var mark = marks[reference.digest] else {
      marks[reference.digest] = Mark(
        strength: strength, isRequired: !reference.isOptional, size: reference.size)
      return
    }
    if mark.strength <= strength, mark.isRequired || reference.isOptional { return }
    mark.strength = min(mark.strength, strength)
    mark.isRequired = mark.isRequired || !reference.isOptional
    marks[reference.digest] = mark
  }
}
