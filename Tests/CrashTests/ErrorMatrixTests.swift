import TestSupport
import Testing

/// System calls of every writing command fail, one alone or all from one on.
@Suite struct ErrorMatrixTests {
  static let batch = WritingCommand(
    "batch", kind: "batch", ["batch", "--layout", "{L}"], input: "tag a x\ntag b y\nrm c\n",
    WritingCommand.managed)

  static let commands = (WritingCommand.all + [batch]).filter { TestEffort.isWanted($0.name) }

  /// Whose calls fail one by one; of the other commands some do, chosen by the seed.
  static let thorough = commands.filter {
    TestEffort.isChoosing || ["tag", "new", "gc --prune", "recover overwritten"].contains($0.name)
  }

  @Test(arguments: thorough)
  func `any call fails once and the command has failed or has happened`(
    command: WritingCommand
  ) async throws {
    try await check(command) { points in
      points.indices.flatMap { ["\($0 + 1):ENOSPC", "\($0 + 1):EIO"] }
    }
  }

  @Test(arguments: thorough)
  func `the disk is full from any call on`(command: WritingCommand) async throws {
    try await check(command) { points in points.indices.map { "\($0 + 1)+:ENOSPC" } }
  }

  @Test(arguments: thorough)
  func `any write is short`(command: WritingCommand) async throws {
    try await check(command, mayFail: false) { points in
      points.indices.filter { points[$0].contains("write") }.map { "\($0 + 1):short" }
    }
  }

  @Test(arguments: commands)
  func `some calls fail in some way`(command: WritingCommand) async throws {
    let codes = ["ENOSPC", "EIO", "EDQUOT", "EROFS", "EMFILE", "EACCES"]
    try await check(command) { points in
      var random = SplitMix(announcing: TestEffort.seed, command.name)
      for byte in command.name.utf8 { random = SplitMix(seed: random.next() ^ UInt64(byte)) }
      return (0..<16 * TestEffort.factor).map { _ in
        let place = Int.random(in: 1...max(1, points.count), using: &random)
        let isSticky = Bool.random(using: &random)
        let code = codes[Int.random(in: codes.indices, using: &random)]
        return "\(place)\(isSticky ? "+" : ""):\(code)"
      }
    }
  }

  /// What became of the faults of one command.
  private struct Toll: Sendable {
    var calls = 0
    var faults = 0
    var failures = 0
    var problems: [String] = []
  }

  private func check(
    _ command: WritingCommand, mayFail: Bool = true,
    _ plans: @escaping @Sendable ([String]) -> [String]
  ) async throws {
    let toll = try await Crew.run { try Self.fail(command, plans) }
    #expect(toll.problems.count == 0, "\(toll.problems.prefix(12).joined(separator: "\n"))")
    #expect(mayFail ? toll.failures > 0 : toll.failures == 0)
    print(
      "error matrix: \(command.name): \(toll.calls) calls, \(toll.faults) faults,",
      "\(toll.failures) failures, seed \(TestEffort.seed)")
  }

  private static func fail(
    _ command: WritingCommand, _ plans: ([String]) -> [String]
  ) throws -> Toll {
    let errors = try ErrorCase(command)
    let plans = plans(errors.points)
    var toll = Toll(calls: errors.points.count, faults: plans.count)
    for plan in plans {
      let verdict = try errors.run(failing: plan)
      toll.problems += verdict.problems
      if verdict.status != 0 { toll.failures += 1 }
      // One failure alone never leaves that open.
      if verdict.isUndecided, !plan.contains("+") { toll.problems.append("\(plan): undecided") }
    }
    return toll
  }
}
