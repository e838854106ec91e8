public import Store

/// A file of a tree changed, or was replaced by another, while the tree was walked.
public struct WalkError: Error, Equatable, Sendable {
  /// Where it was.
  public let path: String
}

extension WalkError: DiagnosableError {
  /// What failed, in one line.
  public var description: String { "\(path) changed while it was read" }
  /// Somebody else is at work.
  public var category: FailureCategory { .busy }
  /// There is no deeper cause.
  public var causes: [String] { [] }
  /// What the user can do about it.
  public var remedy: Remedy? {
    "stop what writes to the root filesystem, then run the command again"
  }
}
