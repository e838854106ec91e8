internal import Store

/// A history that was gone when the present one of its layout began: index.json carried its stamp.
public struct LostHistory: Equatable, Sendable {
  /// The stamp.
  public let stamp: String

  /// How many operations that history had, at least; nil when the stamp cannot be read.
  public var operationCount: Int64? { Stamp(stamp)?.sequence }

  /// What is lost, in words.
  public var summary: String {
    guard let count = operationCount else { return "a history is lost" }
    return count == 1 ? "1 operation is lost" : "\(count) operations are lost"
  }

  /// What is lost, and how it is known.
  public var explanation: String {
    "\(summary): index.json was stamped \(stamp) when this history began, and .ocitx was gone"
  }
}

extension OperationRecord {
  /// The history that was gone when this record began another one.
  public var lostHistory: LostHistory? {
    guard kind == .adopt, let stamp = details["lost_history"]?.stringValue else { return nil }
    return LostHistory(stamp: stamp)
  }
}
