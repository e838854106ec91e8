import Store
import TestSupport

/// One of our users, who sets, moves and removes three tags of his own, and is sometimes killed.
///
/// He knows what each of them may be: what was acknowledged, or else what he was killed over.
struct RestlessWriter: Sendable {
  private let number: Int
  private var random: SplitMix
  private var allowed: [String: Set<Digest?>] = [:]
  private var acknowledged = 0
  private var killed = 0
  private var complaints: [String] = []

  init(_ number: Int, seed: UInt64) {
    self.number = number
    random = SplitMix(seed: seed << 8 | UInt64(number))
  }

  /// How much he did.
  var summary: String { "\(acknowledged) acknowledged, \(killed) killed" }

  /// Runs one command.
  mutating func step(in arena: Arena) throws {
    let tag = "own-\(number)-\(Int.random(in: 0..<3, using: &random))"
    let image = Int.random(in: 0..<8, using: &random)
    let isRemoval = Int.random(in: 0..<4, using: &random) == 0
    let words =
      isRemoval ? ["rm", "--image", "L:\(tag)"] : ["tag", "--image", "L:g\(image)", tag]
    let wanted = isRemoval ? nil : arena.images[image]
    let before = allowed[tag] ?? [nil]
    let outcome: ExternalCommand.Outcome
    if Int.random(in: 0..<4, using: &random) == 0 {
      let delay = "0.\(Int.random(in: 10..<60, using: &random))"
      outcome = try ExternalCommand.run(
        ["timeout", "-s", "KILL", delay, TraceRecorder.built("umoci-tx")] + words,
        in: arena.folder.path)
    } else {
      outcome = try arena.run(words)
    }
    switch outcome.status {
    case 0:
      acknowledged += 1
      allowed[tag] = [wanted]
    case 137:
      killed += 1
      allowed[tag] = before.union([wanted])
    case 66 where isRemoval && before.contains(nil): allowed[tag] = [nil]
    default: complaints.append("\(words): \(outcome)")
    }
  }

  /// Commands that failed, and tags that are none of what they may be.
  func violations(in tags: [String: Digest]) -> [String] {
    complaints
      + allowed.keys.sorted().filter { allowed[$0]?.contains(tags[$0]) == false }
      .map { "\($0) is \(tags[$0]?.description ?? "gone")" }
  }
}
