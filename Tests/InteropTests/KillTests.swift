import Glibc
import Store
import TestSupport
import Testing

@testable import Journal

/// Our own processes, killed and stopped at any time.
@Suite(.serialized) struct KillTests {
  @Test(arguments: Arena.seeds)
  func `what was acknowledged survives the deaths of a third of all`(seed: UInt64) throws {
    let arena = try Arena()
    let attempts = try Crowd.run(32) { number in
      var random = SplitMix(seed: seed << 8 | UInt64(number))
      return try (0..<2).map { round in
        let plan = number % 3 == 0 ? Self.death(&random) : [:]
        let isNew = Bool.random(using: &random)
        let tag = "k-\(number)-\(round)"
        let words =
          isNew ? ["new", "--image", "L:\(tag)"] : ["tag", "--image", "L:g\(number % 8)", tag]
        return (tag, try arena.run(words, environment: plan))
      }
    }.flatMap { $0 }
    let wrong = attempts.filter { $0.1.status != 0 && $0.1.status != 137 }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong)")
    try arena.succeed(["recover", "--layout", "L"])
    let tags = try arena.tags()
    let lost = attempts.filter { $0.1.status == 0 && tags[$0.0] == nil }
    #expect(lost.isEmpty, "seed \(seed): \(lost)")
    #expect(try arena.problems() == [], "seed \(seed)")
    let dead = attempts.filter { $0.1.status == 137 }
    let finished = dead.filter { tags[$0.0] != nil }
    print(
      "kills: seed \(seed): \(dead.count) of \(attempts.count) died, \(finished.count) finished")
  }

  /// Dies at one of the calls that an operation makes, or a little later than its last.
  private static func death(_ random: inout SplitMix) -> [String: String] {
    let way = ["before", "after", "torn"].randomElement(using: &random) ?? "before"
    return ["UMOCI_TX_FAIL": "\(Int.random(in: 1...60, using: &random)):\(way)"]
  }

  @Test func `a stopped lock holder is waited for and not robbed`() throws {
    let arena = try Arena(onDisk: true)
    try arena.succeed(["tag", "--image", "L:g0", "first"])
    let holder = try stoppedHolder(in: arena)
    let impatient = try Crowd.run(4) { number in
      try arena.run(["tag", "--image", "L:g1", "i-\(number)", "--lock-timeout", "0.3"])
    }
    for outcome in impatient {
      #expect(outcome.status == 75, "\(outcome)")
      #expect(outcome.standardError.contains("process \(holder.process)"), "\(outcome)")
    }
    let patient = try (0..<4).map {
      try Child(["tag", "--image", "L:g2", "p-\($0)"], in: arena, named: "p-\($0)")
    }
    let read = try arena.run(["ls", "--layout", "L"])
    #expect(read.status == 0, "\(read)")
    #expect(patient.allSatisfy { !$0.isOver })
    holder.signal(SIGCONT)
    #expect(holder.wait() == 0, "\(holder.output)")
    for child in patient { #expect(child.wait() == 0, "\(child.output)") }
    let tags = try arena.tags()
    #expect((0..<4).allSatisfy { tags["p-\($0)"] != nil && tags["i-\($0)"] == nil })
    try arena.succeed(["recover", "--layout", "L"])
    #expect(try arena.problems() == [])
  }

  @Test func `the lock of a stopped holder goes with its death`() throws {
    let arena = try Arena(onDisk: true)
    try arena.succeed(["tag", "--image", "L:g0", "first"])
    let holder = try stoppedHolder(in: arena)
    let waiting = try Child(["tag", "--image", "L:g2", "next"], in: arena, named: "next")
    holder.signal(SIGKILL)
    #expect(holder.wait() == 137)
    #expect(waiting.wait() == 0, "\(waiting.output)")
    try arena.succeed(["recover", "--layout", "L"])
    #expect(try arena.tags()["next"] == arena.images[2])
    #expect(try arena.problems() == [])
  }

  /// Starts processes until one is stopped while it holds the writer lock.
  private func stoppedHolder(in arena: Arena) throws -> Child {
    for attempt in 0..<200 {
      let child = try Child(
        ["tag", "--image", "L:g\(attempt % 8)", "held"], in: arena, named: "held-\(attempt)")
      while !child.isOver {
        guard try Locks.isHeld(arena.layout, by: child.process) else { continue }
        child.signal(SIGSTOP)
        // It may have let go between our look and the signal.
        if try isStopped(child), try Locks.isHeld(arena.layout, by: child.process) { return child }
        child.signal(SIGCONT)
      }
      _ = child.wait()
    }
    throw TestFailure("nobody could be caught while he held the lock")
  }

  private func isStopped(_ child: Child) throws -> Bool {
    while true {
      guard Files.exists("/proc/\(child.process)/stat") else { return false }
      let text = String(decoding: try Files.read("/proc/\(child.process)/stat"), as: UTF8.self)
      let state = text.split(separator: ")").last?.split(separator: " ").first
      if state == "T" { return true }
      if state == "Z" { return false }
    }
  }
}
