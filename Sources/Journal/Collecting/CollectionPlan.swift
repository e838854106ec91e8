public import Store

/// What a garbage collection would do, or did.
public struct CollectionPlan: Sendable {
  /// Why a blob goes, or stays for now.
  public enum Reason: Equatable, Sendable {
    /// No entry needs it, and no state within the undo window.
    case outsideWindow
    /// Nothing in the history has ever reached it.
    case neverReached
    /// Only a state within the undo window needs it.
    case onlyHistory
    /// Nothing has ever reached it, but it is so young that it may be on its way into index.json.
    case young
    /// An operation that is at work has staged it.
    case inUse
    /// A document that should tell what else is needed cannot be read.
    case uncertain
  }

  /// One blob.
  public struct Item: Sendable {
    /// Which.
    public let digest: Digest
    /// Its size in bytes.
    public let size: Int64
    /// Why.
    public let reason: Reason
    /// The place in the history of the last operation that made something reach it; nil when there is
    /// none, or nobody asked.
    public internal(set) var lastOperation: Int64?
  }

  /// What goes into the trash, sorted by digest.
  public internal(set) var withdrawn: [Item] = []
  /// What moves to `keep/`, sorted by digest.
  public internal(set) var kept: [Item] = []
  /// What nothing needs and stays for now, sorted by digest.
  public internal(set) var spared: [Item] = []
  /// What index.json needs and is nowhere.
  public internal(set) var missing: [Digest] = []
  /// Documents that are damaged, so that what they need is not known.
  public internal(set) var damaged: [Digest] = []
  /// Documents of unknown types that are too large to be looked into.
  public internal(set) var unexamined: [Digest] = []
  /// Names below `blobs/` that are no digests.
  public internal(set) var unknownFiles: [String] = []
  /// The undo window in words.
  public internal(set) var window = ""

  /// A plan to do nothing.
  init() {}
}
