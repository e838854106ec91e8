import Glibc
import TestSupport

/// A bundle in which somebody works while the storm goes on: changed, repacked, thrown away, unpacked anew.
struct LiveBundle {
  /// A command, and whether it ended as it may.
  struct Step: Sendable, CustomStringConvertible {
    let tool: String
    let words: [String]
    let outcome: ExternalCommand.Outcome
    let isAllowed: Bool

    var description: String { "\(tool) \(words): \(outcome)" }
  }

  private let arena: Arena
  private let number: Int
  private let mix: Storm.Mix
  private var random: SplitMix
  /// Whether the layout knows that there is this bundle: one that umoci has unpacked has no lease.
  private var isLeased = false
  private var steps: [Step] = []

  private var name: String { "bundle-\(number)" }
  private var tag: String { "L:u\(number)" }

  /// Unpacks the bundle.
  init(_ number: Int, in arena: Arena, _ mix: Storm.Mix, seed: UInt64) throws {
    self.arena = arena
    self.number = number
    self.mix = mix
    random = SplitMix(seed: seed << 16 | UInt64(number))
    try unpack("umoci-tx", "L:g\(number)", mayFail: false)
  }

  /// Works in it, and leaves it changed.
  mutating func work(rounds: Int) throws -> [Step] {
    for _ in 0..<rounds {
      try change()
      try step()
    }
    try change()
    return steps
  }

  private mutating func step() throws {
    let isTheirs = mix.hasOtherTools && Bool.random(using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0, 1, 2: try isTheirs ? repackWithUmoci() : repack(refreshes: true)
    case 3: try repack(refreshes: false)
    case 4: try run("umoci-tx", ["rm", "--image", tag], [0, 66, 75])
    default: try renew(isTheirs)
    }
  }

  /// Some lasting changes of the tree.
  private mutating func change() throws {
    let folder = "d\(Int.random(in: 0..<3, using: &random))"
    let file = folder + "/f\(Int.random(in: 0..<4, using: &random))"
    let number = random.next()
    let script = [
      "mkdir -p \(folder) && echo \(number) > \(file)",
      "rm -rf \(folder) && echo \(number) > \(folder)", "rm -rf \(folder)",
      "[ ! -e \(file) ] || chmod \(number & 1 == 0 ? 700 : 644) \(file)",
    ]
    let chosen = script[Int.random(in: script.indices, using: &random)]
    _ = try ExternalCommand.run(
      ["sh", "-c", "[ ! -f \(folder) ] || rm \(folder); \(chosen)"],
      in: arena.folder(name + "/rootfs"))
  }

  private mutating func repack(refreshes: Bool) throws {
    let outcome = try run(
      "umoci-tx", ["repack", "--image", tag] + (refreshes ? ["--refresh-bundle", name] : [name]),
      [0, 75])
    if refreshes, outcome.status == 0 { isLeased = true }
  }

  /// umoci says of no bundle that it is there, and what it has just written another gc may take.
  private mutating func repackWithUmoci() throws {
    let refreshes = isLeased && !mix.hasForeignCollector && Bool.random(using: &random)
    try run(
      "umoci", ["repack", "--image", tag] + (refreshes ? ["--refresh-bundle", name] : [name]), nil)
  }

  private mutating func renew(_ isTheirs: Bool) throws {
    try Files.remove(arena.folder(name))
    let base = "L:g\(number)"
    if isTheirs {
      try unpack("umoci", base, mayFail: true)
    } else {
      // Anybody may take that tag away.
      try unpack("umoci-tx", tag, mayFail: true)
    }
    if !Files.exists(arena.folder(name)) { try unpack("umoci-tx", base, mayFail: false) }
  }

  private mutating func unpack(_ tool: String, _ image: String, mayFail: Bool) throws {
    let words = ["unpack"] + Self.mapping + ["--image", image, name]
    let outcome = try run(tool, words, mayFail ? nil : [0])
    if outcome.status != 0 { try Files.remove(arena.folder(name)) }
    isLeased = tool == "umoci-tx"
  }

  /// The options of somebody who is not root.
  private static var mapping: [String] { geteuid() == 0 ? [] : ["--rootless"] }

  @discardableResult
  private mutating func run(
    _ tool: String, _ words: [String], _ allowed: [Int32]?
  ) throws -> ExternalCommand.Outcome {
    let outcome =
      try tool == "umoci"
      ? ExternalCommand.run(["umoci"] + words, in: arena.folder.path) : arena.run(words)
    steps.append(
      Step(
        tool: tool, words: words, outcome: outcome,
        isAllowed: allowed?.contains(outcome.status) ?? true))
    return outcome
  }

  /// What is wrong with the bundle of a number when the storm is over: it is repacked, and the image must
  /// unpack to the same tree again.
  static func problems(_ number: Int, in arena: Arena) throws -> [String] {
    let (name, again, tag) = ("bundle-\(number)", "again-\(number)", "L:final-\(number)")
    for words in [
      ["repack", "--image", tag, "--refresh-bundle", name],
      ["verify", "--deep", "--image", tag], ["unpack"] + mapping + ["--image", tag, again],
    ] {
      let outcome = try arena.run(words)
      if outcome.status != 0 { return ["\(words): \(outcome)"] }
    }
    let before = try Files.listing(arena.folder(name + "/rootfs"))
    let after = try Files.listing(arena.folder(again + "/rootfs"))
    return before == after ? [] : ["\(name): \(after.difference(from: before))"]
  }
}
