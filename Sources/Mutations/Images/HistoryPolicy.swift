public import Store

/// Which entry a change adds to the history of an image.
public enum HistoryPolicy: Sendable, Equatable {
  /// What the user wants an entry to say; nil leaves the usual, an empty text leaves the member out.
  public struct Overrides: Sendable, Equatable {
    /// When it was done.
    public var created: Timestamp?
    /// What did it.
    public var createdBy: String?
    /// Who did it.
    public var author: String?
    /// A remark.
    public var comment: String?

    /// Overrides what is given.
    public init(
      created: Timestamp? = nil, createdBy: String? = nil, author: String? = nil,
      comment: String? = nil
    ) {
      self.created = created
      self.createdBy = createdBy
      self.author = author
      self.comment = comment
    }
  }

  /// None: the history stays as it is.
  case unchanged
  /// One entry.
  case entry(Overrides)

  /// The entry, or nil for none.
  public func entry(
    created: Timestamp, createdBy: String, author: String?, isEmptyLayer: Bool
  ) -> HistoryEntry? {
    guard case .entry(let overrides) = self else { return nil }
    return HistoryEntry(
      created: overrides.created ?? created, createdBy: overrides.createdBy ?? createdBy,
      author: overrides.author ?? author, comment: overrides.comment, emptyLayer: isEmptyLayer)
  }
}
