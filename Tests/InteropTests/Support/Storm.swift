import Journal
import Store
import TestSupport

/// gc in a loop beside everything else that changes a layout.
struct Storm {
  /// Who takes part beside our writers, our gc and the bundles.
  enum Mix: String, CaseIterable, Sendable {
    /// Nobody.
    case ours
    /// skopeo and umoci.
    case foreign
    /// umoci's own gc as well.
    case collectedByOthers

    var hasOtherTools: Bool { self != .ours }
    var hasForeignCollector: Bool { self == .collectedByOthers }
  }

  /// What was done.
  struct Outcomes {
    var bundles: [LiveBundle.Step] = []
    var writers: [ExternalCommand.Outcome] = []
    var collections: [ExternalCommand.Outcome] = []
    var copies: [ExternalCommand.Outcome] = []
    var theirCollections: [ExternalCommand.Outcome] = []
    var foreign: [ForeignLoop.Attempt] = []

    /// What may not have ended so.
    ///
    /// 66: no such tag, or nothing to undo; 75: it has moved since.
    var wrong: [String] {
      (writers + collections).filter { ![0, 66, 75].contains($0.status) }.map { "\($0)" }
        + bundles.filter { !$0.isAllowed }.map { "\($0)" }
    }

    /// The blobs that umoci's gc has taken, as it says.
    var collected: Set<Digest> {
      let lines = theirCollections.flatMap { $0.output.split(separator: "\n") }
      return Set(
        lines.filter { $0.contains("garbage collecting blob: ") }.compactMap { line in
          line.split(separator: " ").last.flatMap { try? Digest(parsing: String($0)) }
        })
    }
  }

  static let writers = 32
  static let bundles = 4
  /// How much each writer does.
  static var rounds: Int { 2 * TestEffort.factor }

  let arena: Arena
  let mix: Mix
  let seed: UInt64

  /// Makes the layout, which keeps nothing for undo: what no tag needs goes.
  init(_ mix: Mix, seed: UInt64) throws {
    self.mix = mix
    self.seed = seed
    arena = try Arena(images: 20)
    try arena.succeed(["tag", "--image", "L:base", "first"])
    for name in ["undo-days", "undo-operations"] {
      try arena.succeed(["settings", "set", name, "0", "--layout", "L"])
    }
  }

  /// Lets everybody loose until the writers and the bundles have done their rounds.
  func run() throws -> Outcomes {
    let (arena, mix, seed) = (arena, mix, seed)
    let collector = Background { try arena.run(Self.collection($0, mix)) }
    let copier = Background(rounds: 10 * TestEffort.factor) { round in
      try arena.tool("skopeo", "copy", "-q", "oci:L:base", "oci:out:\(round % 3)")
    }
    let foreignCollector = Background(rounds: mix.hasForeignCollector ? .max : 0) { _ in
      try arena.tool("umoci", "--log=debug", "gc", "--layout", "L")
    }
    let loops =
      mix.hasOtherTools
      ? ForeignLoop.Tool.allCases.enumerated().map {
        ForeignLoop.start($1, $0, rounds: 25 * TestEffort.factor, in: arena)
      } : []
    var outcomes = Outcomes()
    let done = try Crowd.run(Self.writers + Self.bundles) { number in
      number < Self.writers
        ? (try Self.write(number, arena, seed), [])
        : (
          [],
          try Self.workInBundle(number - Self.writers, arena, mix, seed)
        )
    }
    outcomes.writers = done.flatMap(\.0)
    outcomes.bundles = done.flatMap(\.1)
    outcomes.foreign = try loops.flatMap { try $0.stop() }
    outcomes.copies = try copier.stop()
    outcomes.theirCollections = try foreignCollector.stop()
    outcomes.collections = try collector.stop()
    return outcomes
  }

  private static func workInBundle(
    _ number: Int, _ arena: Arena, _ mix: Mix, _ seed: UInt64
  ) throws -> [LiveBundle.Step] {
    var bundle = try LiveBundle(number, in: arena, mix, seed: seed)
    return try bundle.work(rounds: 5 * TestEffort.factor)
  }

  /// Where nobody else writes blobs, none is on its way into the index; trash is deleted every other time.
  private static func collection(_ round: Int, _ mix: Mix) -> [String] {
    let grace = mix.hasOtherTools ? [] : ["--grace", "0"]
    let prune = round.isMultiple(of: 2) || mix.hasOtherTools ? [] : ["--prune"]
    return ["gc", "--layout", "L"] + grace + prune
  }

  private static func write(
    _ number: Int, _ arena: Arena, _ seed: UInt64
  ) throws -> [ExternalCommand.Outcome] {
    var random = SplitMix(seed: seed << 8 | UInt64(number))
    return try (0..<rounds).map { _ in try arena.run(command(number, &random)) }
  }

  /// A command of a process on tags of its own.
  private static func command(_ number: Int, _ random: inout SplitMix) -> [String] {
    let tag = "w\(number)-\(Int.random(in: 0..<2, using: &random))"
    let image = "L:g\(number % 16)"
    switch Int.random(in: 0..<9, using: &random) {
    case 0, 1: return ["new", "--image", "L:" + tag]
    case 2, 3: return ["rm", "--image", "L:" + tag]
    case 4:
      return ["config", "--image", image, "--tag", tag, "--config.env", "N=\(random.next())"]
    case 5: return ["tag", "--image", image, tag]
    case 6: return ["insert", "--image", image, "--tag", tag, "file", "/\(random.next())"]
    case 7: return ["undo", "--layout", "L"]
    default: return exec(number)
    }
  }

  /// skopeo takes an image under two names for one that is to be renamed: each has its own.
  private static func exec(_ number: Int) -> [String] {
    let words = ForeignLoop.Tool.skopeo.words(
      8 + number % 20, "x\(number % 20)", layout: "{}")
    return ["exec", "--layout", "L", "--"] + words
  }
}
