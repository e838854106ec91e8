/// One thing that a folder may look like after a power cut.
public struct CrashState: Sendable, CustomStringConvertible {
  /// The tree, ready to be written with ``DiskTree/materialise(at:)``.
  public let tree: DiskTree
  /// True when the command had already ended with status 0: what it did must be in the state.
  public let isAcknowledged: Bool
  /// Whether nothing at all was lost at the moment of the cut.
  public let isComplete: Bool
  /// The names of the fail points that were over before the latest moment at which this state is
  /// possible.
  public let marksPassed: [String]
  /// When power failed and what was lost, for the message of a failing test.
  public let description: String

  init(_ model: DiskModel, cut: Int, outcomes: [DiskEffect.Outcome]) throws {
    var tree = model.baseTree
    var losses: [String] = []
    for (index, effect) in model.effects.enumerated() where effect.event < cut {
      if outcomes[index] != .lost { try effect.apply(outcomes[index], to: &tree) }
      if outcomes[index] != .kept { losses.append("\(outcomes[index]): \(effect.label)") }
    }
    self.tree = tree
    isComplete = losses.isEmpty
    isAcknowledged = model.events[..<cut].contains {
      if case .end(0) = $0.action { true } else { false }
    }
    marksPassed = model.events[..<cut].compactMap {
      if case .mark(let name, "after") = $0.action { name } else { nil }
    }
    let last = model.events[..<cut].last(where: { $0.ordinal > 0 })
    let when = last.map { "after #\($0.ordinal) \($0.label)" } ?? "before anything"
    let acknowledged = isAcknowledged ? ", acknowledged" : ""
    description = (["power cut \(when)\(acknowledged)"] + losses).joined(separator: "\n  ")
  }
}
