import Store
import TestSupport
import Testing

/// What looks at a layout while somebody writes to it: what is half done is no damage.
@Suite(.serialized) struct CheckersBesideWritersTests {
  private static let checks: [[String]] = [
    ["verify", "--layout", "L"], ["audit", "verify", "--layout", "L"],
    ["audit", "head", "--layout", "L"], ["recover", "--dry-run", "--layout", "L"],
    ["status", "--layout", "L"], ["log", "--layout", "L"],
  ]

  @Test(arguments: ["full", "relaxed"])
  func `a writer at work is never taken for damage`(durability: String) throws {
    let arena = try Arena(onDisk: durability == "full")
    try arena.succeed(["tag", "--image", "L:g0", "first"])
    let rounds = 15 * TestEffort.factor
    let wrong = try Crowd.run(1 + Self.checks.count) { number -> [String] in
      guard number > 0 else {
        for round in 0..<rounds {
          let tag = "t\(round % 7)"
          try arena.succeed(["tag", "--durability", durability, "--image", "L:g1", tag])
          try arena.succeed(["rm", "--durability", durability, "--image", "L:" + tag])
        }
        return []
      }
      let command = Self.checks[number - 1]
      return try (0..<rounds).compactMap { _ in
        let outcome = try arena.run(command)
        return outcome.status == 0 ? nil : "\(command): \(outcome)"
      }
    }.flatMap { $0 }
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(3).joined())")
    #expect(try arena.problems() == [])
  }
}
