public import Store

/// A history that was gone when the present one of its layout began: index.json carried its stamp.
public struct LostHistory: Equatable, Sendable {
  /// The stamp.
  public let stamp: String

  /// The history whose stamp index.json carries although the layout has no journal; nil when it carries
  /// none.
  public init?(removedFrom layout: ImageLayout) {
    do throws(LayoutError) {
      guard let stamp = try layout.readIndex().index.annotation(CommitMarker.key) else {
        return nil
      }
      self.init(stamp: stamp)
    } catch {
      return nil
    }
  }

  /// Takes down a stamp.
  init(stamp: String) {
    self.stamp = stamp
  }

  /// How many operations that history had, at least; nil when the stamp cannot be read.
  public var operationCount: Int64? { CommitMarker(stamp)?.sequence }

  /// What is lost, in words.
  public var summary: String {
    guard let count = operationCount else { return "a history is lost" }
    return count == 1 ? "1 operation is lost" : "\(count) operations are lost"
  }

  /// What is lost while no other history has begun, and how it is known.
  public var removal: String {
    "\(summary): index.json is stamped \(stamp), and there is no .ocitx"
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
