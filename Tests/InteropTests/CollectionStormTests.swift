import Store
import TestSupport
import Testing

@testable import Journal

/// Our gc in a loop beside everything else that changes a layout.
@Suite(
  .serialized,
  .enabled(if: Requirement.umoci.isMet, "needs the program `umoci` in PATH"),
  .enabled(if: Requirement.skopeo.isMet, "needs the program `skopeo` in PATH"))
struct CollectionStormTests {
  @Test(arguments: Storm.Mix.allCases)
  func `gc never takes what a tag or a bundle needs`(mix: Storm.Mix) throws {
    let seed = TestEffort.seed
    let storm = try Storm(mix, seed: seed)
    let arena = storm.arena
    let observer = CommitObserver(arena)
    let outcomes = try storm.run()
    try arena.succeed(["recover", "--layout", "L"])
    let verdict = try observer.judge(arena.publications(), collected: outcomes.collected)
    let log = try arena.log()
    let wrong = outcomes.wrong
    #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(4))")
    #expect(verdict.violations.isEmpty, "seed \(seed): \(verdict.violations.prefix(4))")
    if mix == .ours { expectOrder(verdict, outcomes, seed) }
    let lost = try removeForeignLosses(arena, log)
    #expect(mix.hasForeignCollector || lost.isEmpty, "seed \(seed): \(lost)")
    let bundles = try (0..<Storm.bundles).flatMap { try LiveBundle.problems($0, in: arena) }
    #expect(bundles.isEmpty, "seed \(seed): \(bundles)")
    let problems = try arena.problems(collected: outcomes.collected)
    #expect(problems.isEmpty, "seed \(seed): \(problems.map { $0.prefix(300) })")
    let moved = log.reduce(0) { $0 + $1.moves.leaving.count }
    #expect(moved > 0, "seed \(seed)")
    tell(mix, seed, outcomes, verdict, "\(moved) blobs moved, \(log.count) operations")
  }

  /// Where only we write, readers always find what they need, and the log knows every index.json.
  private func expectOrder(
    _ verdict: CommitObserver.Verdict, _ outcomes: Storm.Outcomes, _ seed: UInt64
  ) {
    #expect(verdict.foreign.isEmpty, "seed \(seed): \(verdict.foreign.prefix(4))")
    #expect(verdict.seen.all == verdict.seen.known, "seed \(seed)")
    let failed = outcomes.copies.filter { $0.status != 0 }
    #expect(failed.isEmpty, "seed \(seed): \(failed.prefix(2))")
  }

  /// Removes the tags that another tool has set to an image of which a foreign gc had taken something.
  ///
  /// - Returns: Their names; a tag that is as we have set it is never among them.
  private func removeForeignLosses(
    _ arena: Arena, _ log: [OperationRecord]
  ) throws -> [String] {
    let index = try ImageLayout.open(arena.layout).readIndex().index
    let lost = index.entries.filter { entry in
      let author = log.last { record in record.edits.contains { $0.key == EntryKey(entry) } }
      return author?.kind == .external && !isWhole(entry.descriptor, arena)
    }.compactMap(\.referenceName)
    for name in lost { try arena.succeed(["rm", "--image", "L:" + name]) }
    return lost
  }

  private func isWhole(_ image: Descriptor, _ arena: Arena) -> Bool {
    guard let layout = try? ImageLayout.open(arena.layout),
      let bytes = try? layout.blobs.readDocument(image),
      let children = try? DocumentChildren.descriptors(in: bytes, of: image)
    else { return false }
    return children.allSatisfy {
      (try? layout.blobs.contains($0.digest, size: $0.size)) == true
    }
  }

  private func tell(
    _ mix: Storm.Mix, _ seed: UInt64, _ outcomes: Storm.Outcomes, _ verdict: CommitObserver.Verdict,
    _ text: String
  ) {
    let bundles = outcomes.bundles.filter { $0.outcome.status == 0 }
    let theirs = bundles.filter { $0.tool == "umoci" }.count
    print(
      "gc storm: \(mix), seed \(seed): \(outcomes.writers.count) commands,",
      "\(outcomes.collections.count) gcs, \(outcomes.theirCollections.count) of umoci,",
      "\(outcomes.foreign.count) foreign writes, \(outcomes.copies.count) copies out,",
      "\(bundles.count) of \(outcomes.bundles.count) steps with bundles (\(theirs) by umoci); \(text);",
      "of \(verdict.seen.all) index.json seen \(verdict.seen.known) known,",
      "\(verdict.foreign.count) gaps of other tools, \(verdict.collected.count) collected and put back"
    )
  }

  @Test func `gc leaves what live bundles were made from`() throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    for name in ["undo-days", "undo-operations"] {
      try arena.succeed(["settings", "set", name, "0", "--layout", "L"])
    }
    for number in 0..<4 {
      try arena.succeed(["unpack", "--image", "L:g\(number)", "bundle-\(number)"])
    }
    try Files.remove(arena.folder("bundle-3"))
    for name in ["g0", "g1", "g2", "g3", "base", "first"] {
      try arena.succeed(["rm", "--image", "L:" + name])
    }
    try arena.succeed(["gc", "--layout", "L", "--grace", "0", "--prune"])
    // What only bundles need is kept where a repack finds it, as what only the history needs is.
    for number in 0..<4 {
      let digest = arena.images[number]
      #expect(try ImageLayout.open(arena.layout).blobs.status(of: digest) == nil)
      #expect(try arena.run(["stat", "--image", "L@\(digest)"]).status == (number < 3 ? 0 : 66))
    }
    for number in 0..<3 {
      try Files.write("new", to: arena.folder("bundle-\(number)/rootfs/new"))
      try arena.succeed(["repack", "--image", "L:new\(number)", "bundle-\(number)"])
    }
    #expect(try arena.problems() == [])
  }

  @Test func `the lease of a bundle that umoci refreshes follows it`() throws {
    let arena = try Arena()
    try arena.succeed(["unpack", "--image", "L:g0", "bundle-0"])
    for name in ["undo-days", "undo-operations"] {
      try arena.succeed(["settings", "set", name, "0", "--layout", "L"])
    }
    try Files.write("new", to: arena.folder("bundle-0/rootfs/new"))
    let repack = try arena.tool(
      "umoci", "repack", "--image", "L:theirs", "--refresh-bundle", "bundle-0")
    #expect(repack.status == 0, "\(repack)")
    let image = try #require(try arena.tags()["theirs"])
    for name in ["g0", "base", "theirs"] { try arena.succeed(["rm", "--image", "L:" + name]) }
    try arena.succeed(["gc", "--layout", "L", "--grace", "0", "--prune"])
    #expect(try arena.run(["stat", "--image", "L@\(image)"]).status == 0)
    #expect(try arena.run(["stat", "--image", "L@\(arena.images[0])"]).status == 66)
    #expect(try LiveBundle.problems(0, in: arena) == [])
    #expect(try arena.problems() == [])
  }
}
