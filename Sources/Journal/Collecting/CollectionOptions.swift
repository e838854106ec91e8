/// How a garbage collection goes about it.
public struct CollectionOptions: Sendable {
  /// How old, in seconds, a blob must be that no recorded state ever reached: it may be on its way into
  /// index.json.
  public var grace: Int64
  /// How old, in seconds, trash must be to be deleted; nil for the setting `trash-days`.
  public var trashAge: Int64?

  /// An hour.
  public static let standardGrace: Int64 = 3600

  /// Chooses.
  public init(grace: Int64 = Self.standardGrace, trashAge: Int64? = nil) {
    self.grace = grace
    self.trashAge = trashAge
  }
}
