import Glibc
import Store
import TestSupport
import Testing

@testable import Journal

/// Our gc in a loop beside everything else that changes a layout.
@Suite(.serialized) struct CollectionStormTests {
  /// How many gcs of each storm run, after each other.
  private static var rounds: Int { 8 * TestEffort.factor }

  @Test(arguments: Arena.seeds)
  func `gc beside our writers never takes what a tag needs`(seed: UInt64) throws {
    let arena = try Arena(images: 16)
    try arena.succeed(["tag", "--image", "L:base", "first"])
    try shorten(arena)
    let watcher = Background { _ in try Self.dangling(in: arena) }
    let gc = Background { round in try Self.collect(round, arena) }
    let outcomes = try Crowd.run(8) { number in
      var random = SplitMix(seed: seed << 8 | UInt64(number))
      return try (0..<Self.rounds).map { _ in try arena.run(Self.command(number, &random)) }
    }.flatMap { $0 }
    let collections = try gc.stop()
    let dangling = try watcher.stop().flatMap { $0 }
    // 66: no such tag, or nothing to undo; 75: it has moved since.
    let wrong = (outcomes + collections).filter { ![0, 66, 75].contains($0.status) }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(4))")
    #expect(dangling.isEmpty, "seed \(seed): \(dangling.prefix(4))")
    try arena.succeed(["recover", "--layout", "L"])
    #expect(try arena.problems() == [], "seed \(seed)")
    let moved = try arena.log().reduce(0) { $0 + $1.moves.leaving.count }
    #expect(moved > 0, "seed \(seed)")
    print(
      "gc storm: seed \(seed): \(outcomes.count) commands beside \(collections.count) gcs,",
      "\(moved) blobs moved")
  }

  /// With umoci's own gc in the storm nobody writes blobs but we: it takes what other tools are about to
  /// refer to, and nobody can bring back what we have never seen.
  @Test(arguments: Arena.seeds, [false, true])
  func `gc beside skopeo, umoci and umoci's gc leaves nothing dangling`(
    seed: UInt64, isSweeping: Bool
  ) throws {
    let arena = try Arena(images: 20)
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let tools = isSweeping ? [.umociTag] : ForeignLoop.Tool.allCases
    let loops = tools.enumerated().map { ForeignLoop.start($1, $0, in: arena) }
    let sweeper = Background(rounds: isSweeping ? .max : 0) { _ in
      try arena.tool("umoci", "gc", "--layout", "L")
    }
    let gc = Background { _ in try arena.run(["gc", "--layout", "L"]) }
    let outcomes = try Crowd.run(4) { number in
      var random = SplitMix(seed: seed << 8 | UInt64(number))
      return try (0..<Self.rounds).map { _ in try arena.run(Self.command(number, &random)) }
    }.flatMap { $0 }
    let theirs = try loops.flatMap { try $0.stop() }
    let (sweeps, collections) = (try sweeper.stop(), try gc.stop())
    let wrong = (outcomes + collections).filter { ![0, 66, 75].contains($0.status) }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(4))")
    try arena.succeed(["recover", "--layout", "L"])
    let problems = try arena.problems()
    #expect(problems.isEmpty, "seed \(seed): \(problems.map { $0.prefix(300) })")
    print(
      "gc storm: seed \(seed): \(outcomes.count) of ours, \(collections.count) gcs,",
      "\(sweeps.count) of umoci; \(ForeignLoop.summary(theirs, try arena.tags()))")
  }

  @Test func `gc leaves what live bundles were made from`() throws {
    let arena = try Arena()
    for number in 0..<4 { try arena.succeed(["tag", "--image", "L:g\(number)", "b\(number)"]) }
    try shorten(arena)
    // The layers of these images are no archives: leases are taken as unpack takes them.
    let layout = try ImageLayout(opening: arena.layout)
    for number in 0..<4 {
      try arena.bundle(number, of: layout)
      try arena.succeed(["rm", "--image", "L:g\(number)"])
      try arena.succeed(["rm", "--image", "L:b\(number)"])
    }
    try Files.remove(arena.folder("bundle-3") + "/umoci.json")
    try arena.succeed(["rm", "--image", "L:base"])
    try arena.succeed(["gc", "--layout", "L", "--grace", "0", "--prune"])
    let blobs = layout.blobs
    for number in 0..<3 { #expect(try blobs.status(of: arena.images[number]) != nil) }
    #expect(try blobs.status(of: arena.images[3]) == nil)
    #expect(try arena.problems() == [])
  }

  /// Nothing is kept for undo: what no tag needs goes.
  private func shorten(_ arena: Arena) throws {
    for name in ["undo-days", "undo-operations"] {
      try arena.succeed(["settings", "set", name, "0", "--layout", "L"])
    }
  }

  private static func collect(
    _ round: Int, _ arena: Arena
  ) throws -> ExternalCommand.Outcome {
    // Trash is deleted at once every other time.
    try arena.run(
      ["gc", "--layout", "L", "--grace", "0"] + (round.isMultiple(of: 2) ? [] : ["--prune"]))
  }

  /// A command of a process on two tags of its own.
  private static func command(_ number: Int, _ random: inout SplitMix) -> [String] {
    let tag = "L:w\(number)-\(Int.random(in: 0..<2, using: &random))"
    switch Int.random(in: 0..<7, using: &random) {
    case 0, 1: return ["new", "--image", tag]
    case 2: return ["rm", "--image", tag]
    case 3:
      return [
        "config", "--image", "L:g\(number)", "--tag", String(tag.dropFirst(2)),
        "--config.env", "N=\(random.next())",
      ]
    case 4: return ["tag", "--image", "L:g\(number)", String(tag.dropFirst(2))]
    case 5: return ["undo", "--layout", "L"]
    default: return ["exec", "--layout", "L", "--", "true", "{}"]
    }
  }

  /// What an index.json reaches that is not there, while the same index.json is in place before and after the
  /// look.
  private static func dangling(in arena: Arena) throws -> [String] {
    let layout = try ImageLayout(opening: arena.layout)
    let before = try layout.readIndex()
    var missing: [String] = []
    var pending = before.index.entries.map(\.descriptor)
    while let descriptor = pending.popLast() {
      guard try layout.blobs.contains(descriptor.digest, size: descriptor.size) else {
        missing.append("\(descriptor.digest)")
        continue
      }
      guard DocumentChildren.refersToOthers(descriptor.mediaType),
        let bytes = try? layout.blobs.readDocument(descriptor)
      else { continue }
      pending += try DocumentChildren.descriptors(in: bytes, of: descriptor)
    }
    let after = try layout.readIndex()
    return before.digest == after.digest ? missing : []
  }
}

extension Arena {
  /// A bundle of an image as far as a lease looks at it.
  fileprivate func bundle(_ number: Int, of layout: ImageLayout) throws {
    let path = folder("bundle-\(number)")
    try Files.makeDirectory(path)
    guard let entry = try layout.readIndex().index.entries(named: "b\(number)").first else {
      throw TestFailure("no tag b\(number)")
    }
    let journal = try OperationJournal(writing: layout, .storm, WritingOptions())
    let hold = try journal.lease(entry.descriptor, for: path)
    try Files.write(
      #"{"from_descriptor_path":{"descriptor_walk":[{"digest":"\#(entry.descriptor.digest)"}]}}"#,
      to: path + "/umoci.json")
    hold.keep()
  }
}

extension Invocation {
  /// Of a test that takes leases.
  fileprivate static let storm = Invocation(
    arguments: ["unpack"], workingDirectory: "/", userID: getuid(), userName: nil, sudoUser: nil,
    hostName: hostName, processID: getpid(), programVersion: "test", message: nil,
    now: {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Timestamp(secondsSinceEpoch: Int64(time.tv_sec))
    },
    randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } })

  private static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    gethostname(&buffer, 255)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
