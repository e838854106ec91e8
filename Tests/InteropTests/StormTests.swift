import Store
import TestSupport
import Testing

@testable import Journal

/// Many of our own processes on one layout.
@Suite(.serialized) struct StormTests {
  @Test func `32 processes with a tag each all succeed`() throws {
    let arena = try Arena()
    let outcomes = try Crowd.run(32) { number in
      try arena.run(["tag", "--image", "L:g\(number % 8)", "own-\(number)", "--json"])
    }
    #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.filter { $0.status != 0 })")
    let tags = try arena.tags()
    for number in 0..<32 { #expect(tags["own-\(number)"] == arena.images[number % 8]) }
    let told = try outcomes.compactMap { try $0.operation() }
    let logged = try arena.log().filter { $0.kind == .tag }.map(\.id.text)
    #expect(Set(told) == Set(logged) && logged.count == 32)
    #expect(try arena.problems() == [])
  }

  /// An attempt to move the tag `c`.
  private struct Swap: Sendable {
    let from: Digest
    let to: Digest
    let outcome: ExternalCommand.Outcome
  }

  @Test func `of 32 processes on one tag those succeed that knew what it was`() throws {
    let arena = try Arena(images: 32)
    try arena.succeed(["tag", "--image", "L:g0", "c"])
    let swaps = try Crowd.run(32) { number in
      try (0..<2).map { _ in
        guard let from = try arena.tags()["c"] else { throw TestFailure("c is gone") }
        let outcome = try arena.run(
          ["tag", "--image", "L:g\(number)", "c", "--expect", "\(from)"])
        return Swap(from: from, to: arena.images[number], outcome: outcome)
      }
    }.flatMap { $0 }
    let won = swaps.filter { $0.outcome.status == 0 && $0.from != $0.to }
    let lost = swaps.filter { $0.outcome.status != 0 }
    for swap in lost {
      #expect(swap.outcome.status == 75, "\(swap.outcome)")
      #expect(swap.outcome.standardError.contains("moved by "), "\(swap.outcome)")
    }
    let moves = try arena.log().flatMap(\.edits).filter { $0.key == .name("c") }.dropFirst()
    let logged = moves.map { "\($0.before[0].digest) → \($0.after[0].digest)" }
    #expect(logged.sorted() == won.map { "\($0.from) → \($0.to)" }.sorted())
    #expect(try arena.problems() == [])
    print("storm: of \(swaps.count) swaps \(won.count) won, \(lost.count) lost")
  }

  @Test(arguments: Arena.seeds)
  func `what 32 processes do in any mixture is what the log tells`(seed: UInt64) throws {
    let arena = try Arena()
    let outcomes = try Crowd.run(32) { number in
      var random = SplitMix(seed: seed << 8 | UInt64(number))
      return try (0..<3).map { _ in try arena.run(Self.command(&random) + ["--json"]) }
    }.flatMap { $0 }
    // 66: there is no such tag, or nothing to undo; 75: it has moved since.
    let wrong = outcomes.filter { ![0, 66, 75].contains($0.status) }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong)")
    let told = try outcomes.filter { $0.status == 0 }.compactMap { try $0.operation() }
    let logged = try arena.log().filter { $0.kind != .adopt }.map(\.id.text)
    #expect(told.sorted() == logged.sorted(), "seed \(seed)")
    #expect(try arena.problems() == [], "seed \(seed)")
    print("storm: seed \(seed): \(told.count) of \(outcomes.count) commands changed something")
  }

  /// A command on one of four tags.
  static func command(_ random: inout SplitMix) -> [String] {
    let tag = "m\(Int.random(in: 0..<4, using: &random))"
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1: return ["rm", "--image", "L:\(tag)"]
    case 2: return ["undo", "--layout", "L"]
    case 3: return ["new", "--image", "L:\(tag)"]
    default: return ["tag", "--image", "L:g\(Int.random(in: 0..<8, using: &random))", tag]
    }
  }

  @Test func `readers never fail and never see half a state`() throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let readers = [
      ["ls", "--layout", "L", "--json"], ["log", "--layout", "L"], ["status", "--layout", "L"],
    ].map { words in Background { _ in try arena.run(words) } }
    let watcher = Background { _ in LayoutVerifier.verify(at: arena.layout) }
    let writers = try Crowd.run(24) { number in
      var random = SplitMix(seed: UInt64(number))
      return try (0..<2).map { _ in try arena.run(Self.command(&random)) }
    }.flatMap { $0 }
    let read = try readers.flatMap { try $0.stop() }
    let findings = try watcher.stop()
    #expect(read.allSatisfy { $0.status == 0 }, "\(read.filter { $0.status != 0 })")
    #expect(findings.allSatisfy { $0.isEmpty }, "\(findings.filter { !$0.isEmpty })")
    #expect(writers.allSatisfy { [0, 66, 75].contains($0.status) })
    #expect(!read.isEmpty)
    #expect(try arena.problems() == [])
    print("storm: \(read.count) reads and \(findings.count) verifications beside \(writers.count)")
  }
}
