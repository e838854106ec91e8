import Store
import TestSupport

/// A tool that knows nothing of us and sets one tag after the other.
struct ForeignLoop {
  /// What it tried: a tag, and what became of it.
  struct Attempt: Sendable, CustomStringConvertible {
    let tag: String
    let outcome: ExternalCommand.Outcome

    var description: String { tag + (outcome.status == 0 ? "" : ": \(outcome)") }
  }

  /// The tools.
  enum Tool: String, CaseIterable, Sendable {
    case skopeo, umociTag, umociConfig
    /// Copies the same image to the same tag again and again: it writes back what it has read.
    case mirror
    /// skopeo, killed somewhere on its way, also while it writes index.json in place.
    case dying

    /// The words that set a tag in the layout `L`, or in another one of that name.
    ///
    /// skopeo takes the image `number` of `src`: where its digest is there under another name, it
    /// renames that entry, so nobody else may copy the same image.
    func words(_ number: Int, _ tag: String, layout: String = "L") -> [String] {
      switch self {
      case .skopeo:
        ["skopeo", "copy", "-q", "oci:src:g\(number)", "oci:\(layout):\(tag)"]
      case .umociTag: ["umoci", "tag", "--image", "\(layout):base", tag]
      case .umociConfig:
        [
          "umoci", "config", "--image", "\(layout):base", "--tag", tag,
          "--config.label", "made=\(tag)",
        ]
      case .mirror:
        ["skopeo", "copy", "-q", "oci:src:g\(8 + number)", "oci:\(layout):mirror"]
      case .dying:
        ["timeout", "-s", "KILL", "0.0\(20 + number * 7)"] + Self.skopeo.words(number, tag)
      }
    }
  }

  /// How often a loop runs its tool: ours are slower while others overwrite what they do, and a
  /// test has to end.
  static var rounds: Int { 60 * TestEffort.factor }

  /// Runs a tool again and again; a loop of a name sets its own tags only.
  static func start(
    _ tool: Tool, _ name: Int, rounds: Int = rounds, in arena: Arena
  ) -> Background<Attempt> {
    Background(rounds: rounds) { round in
      let tag = tool == .mirror ? "mirror" : "\(tool.rawValue)-\(name)-\(round)"
      let outcome = try ExternalCommand.run(
        tool.words(tool == .mirror ? 0 : round % 8, tag), in: arena.folder.path)
      return Attempt(tag: tag, outcome: outcome)
    }
  }

  /// What became of the tags that tools were told to have set, in words.
  static func summary(_ attempts: [Attempt], _ tags: [String: Digest]) -> String {
    let told = attempts.filter { $0.outcome.status == 0 }
    let lost = told.filter { tags[$0.tag] == nil }
    return "\(attempts.count) foreign commands, \(attempts.count - told.count) of them failed;"
      + " \(lost.count) tags of other tools lost to other tools"
  }
}
