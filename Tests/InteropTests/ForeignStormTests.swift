import Store
import TestSupport
import Testing

@testable import Journal

/// skopeo and umoci write into a layout while we do.
@Suite(
  .serialized,
  .enabled(if: Requirement.umoci.isMet, "needs the program `umoci` in PATH"),
  .enabled(if: Requirement.skopeo.isMet, "needs the program `skopeo` in PATH"))
struct ForeignStormTests {
  @Test(arguments: Arena.seeds)
  func `none of our updates is lost beside tools that overwrite index json`(seed: UInt64) throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let loops = [ForeignLoop.Tool.skopeo, .skopeo, .umociTag, .umociConfig].enumerated().map {
      ForeignLoop.start($1, $0, in: arena)
    }
    let ours = try Self.write(24, in: arena, seed)
    let theirs = try loops.flatMap { try $0.stop() }
    try arena.succeed(["recover", "--layout", "L"])
    let tags = try arena.tags()
    let wrong = ours.filter { $0.outcome.status != 0 }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong)")
    let lost = ours.filter { $0.outcome.status == 0 && tags[$0.tag] != $0.digest }
    #expect(lost.isEmpty, "seed \(seed): \(lost)")
    if !lost.isEmpty { _ = try arena.tool("cp", "-a", "L", "/tmp/itx-lost-\(seed)") }
    try expectOtherToolsInLog(theirs, tags, arena, seed)
    let problems = try arena.problems()
    #expect(problems.isEmpty, "seed \(seed): \(problems.map { $0.prefix(200) })")
    let seen = try arena.tool("umoci", "ls", "--layout", "L")
    #expect(Set(seen.standardOutput.split(separator: "\n").map(String.init)) == Set(tags.keys))
    for tag in tags.keys.sorted().prefix(4) {
      let outcome = try arena.tool("skopeo", "inspect", "--raw", "oci:L:\(tag)")
      #expect(outcome.status == 0, "\(outcome)")
    }
    print("foreign: seed \(seed): \(ours.count) of ours; \(ForeignLoop.summary(theirs, tags))")
  }

  /// What one of our processes did.
  struct Write: Sendable, CustomStringConvertible {
    let tag: String
    let digest: Digest
    let outcome: ExternalCommand.Outcome

    var description: String { tag + (outcome.status == 0 ? "" : ": \(outcome)") }
  }

  /// Sets tags of our own from many processes at once.
  static func write(_ count: Int, in arena: Arena, _ seed: UInt64) throws -> [Write] {
    try Crowd.run(count) { number in
      var random = SplitMix(seed: seed << 8 | UInt64(number))
      return try (0..<2).map { round in
        let image = Int.random(in: 0..<8, using: &random)
        let tag = "ours-\(number)-\(round)"
        return Write(
          tag: tag, digest: arena.images[image],
          outcome: try arena.run(["tag", "--image", "L:g\(image)", tag]))
      }
    }.flatMap { $0 }
  }

  /// Each tag of theirs that is there has been recorded as what it is: another tool's.
  private func expectOtherToolsInLog(
    _ theirs: [ForeignLoop.Attempt], _ tags: [String: Digest], _ arena: Arena, _ seed: UInt64
  ) throws {
    let external = try arena.log().filter { $0.kind == .external || $0.kind == .repair }
    let recorded = Set(external.flatMap(\.edits).map(\.key))
    let unrecorded = theirs.filter { tags[$0.tag] != nil && !recorded.contains(.name($0.tag)) }
    #expect(unrecorded.isEmpty, "seed \(seed): \(unrecorded)")
  }

  /// Two mirrors that change nothing, two tools that write in place at once, one that is killed while it
  /// does, and our own writers, some of them killed as well.
  @Test(arguments: Arena.seeds)
  func `none of our updates is lost beside tools that change nothing, mix their writes, or die`(
    seed: UInt64
  ) throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let tools: [ForeignLoop.Tool] = [.mirror, .mirror, .skopeo, .dying, .umociTag]
    let loops = tools.enumerated().map { ForeignLoop.start($1, $0, in: arena) }
    let writers = try Crowd.run(6) { number in
      var writer = RestlessWriter(number, seed: seed)
      for _ in 0..<(5 * TestEffort.factor) { try writer.step(in: arena) }
      return writer
    }
    let theirs = try loops.flatMap { try $0.stop() }
    try arena.succeed(["recover", "--layout", "L"])
    let tags = try arena.tags()
    let wrong = writers.flatMap { $0.violations(in: tags) }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong)")
    try expectOtherToolsInLog(theirs, tags, arena, seed)
    let problems = try arena.problems()
    #expect(problems.isEmpty, "seed \(seed): \(problems.map { $0.prefix(200) })")
    let kinds = try arena.log().reduce(into: [:]) { $0[$1.kind.rawValue, default: 0] += 1 }
    print(
      "restless: seed \(seed): \(writers.map(\.summary).joined(separator: ", "));"
        + " \(ForeignLoop.summary(theirs, tags)); log \(kinds.sorted { $0.key < $1.key })")
  }

  @Test(arguments: Arena.seeds)
  func `through exec nobody loses anything`(seed: UInt64) throws {
    let arena = try Arena(images: 20)
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let plain = [
      ForeignLoop.start(.skopeo, 90, in: arena), ForeignLoop.start(.umociTag, 91, in: arena),
    ]
    let attempts = try Crowd.run(20) { number in
      let tag = "e-\(number)"
      let tool: ForeignLoop.Tool? = [.skopeo, .umociTag, .umociConfig, nil][number % 4]
      let words =
        tool.map {
          ["exec", "--layout", "L", "--"] + $0.words(8 + number, tag, layout: "{}")
        } ?? ["tag", "--image", "L:g1", tag]
      return (tag, try arena.run(words))
    }
    let theirs = try plain.flatMap { try $0.stop() }
    try arena.succeed(["recover", "--layout", "L"])
    let tags = try arena.tags()
    let wrong = attempts.filter { $0.1.status != 0 }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong)")
    let lost = attempts.filter { $0.1.status == 0 && tags[$0.0] == nil }
    #expect(lost.isEmpty, "seed \(seed): \(lost.map(\.0))")
    if !lost.isEmpty { _ = try arena.tool("cp", "-a", "L", "/tmp/itx-lost-exec-\(seed)") }
    let problems = try arena.problems()
    #expect(problems.isEmpty, "seed \(seed): \(problems.map { $0.prefix(200) })")
    print("exec: seed \(seed): \(attempts.count) of ours; \(ForeignLoop.summary(theirs, tags))")
  }

  @Test func `a gc of umoci beside our writers takes nothing that we refer to`() throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let collector = Background { _ in try arena.tool("umoci", "gc", "--layout", "L") }
    let outcomes = try Crowd.run(16) { number in
      try (0..<3).map { round in
        let tag = "n-\(number)-\(round)"
        return (tag, try arena.run(["new", "--image", "L:\(tag)"]))
      }
    }.flatMap { $0 }
    let theirCollections = try collector.stop()
    try arena.succeed(["recover", "--layout", "L"])
    let wrong = outcomes.filter { $0.1.status != 0 }
    #expect(wrong.isEmpty, "\(wrong)")
    let tags = try arena.tags()
    #expect(outcomes.allSatisfy { $0.1.status != 0 || tags[$0.0] != nil })
    let problems = try arena.problems()
    #expect(problems.isEmpty, "\(problems)")
    let failures = theirCollections.filter { $0.status != 0 }.count
    print(
      "gc: \(theirCollections.count) runs of umoci gc, \(failures) failed, beside \(outcomes.count) writes"
    )
  }
}
