public import Store

/// A layer that is being written cannot be encoded: a library could not be set up, or failed.
public struct EncodingError: Error, Equatable, Sendable {
  /// What failed.
  let reason: String
}

extension EncodingError: DiagnosableError {
  /// What failed, in one line.
  public var description: String { "a layer cannot be made: \(reason)" }
  /// Mostly for want of memory.
  public var category: FailureCategory { .inputOutput }
  /// There is no deeper cause.
  public var causes: [String] { [] }
  /// What the user can do about it.
  public var remedy: Remedy? {
    "there may be too little memory: free some, then run the command again"
  }
}
