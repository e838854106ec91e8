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
  ) throws {
    try check(command) { points in
      points.indices.flatMap { ["\($0 + 1):ENOSPC", "\($0 + 1):EIO"] }
    }
  }

  @Test(arguments: thorough)
  func `the disk is full from any call on`(command: WritingCommand) throws {
    try check(command) { points in points.indices.map { "\($0 + 1)+:ENOSPC" } }
  }

  @Test(arguments: thorough)
  func `any write is short`(command: WritingCommand) throws {
    try check(command, mayFail: false) { points in
      points.indices.filter { points[$0].contains("write") }.map { "\($0 + 1):short" }
    }
  }

  @Test(arguments: commands)
  func `some calls fail in some way`(command: WritingCommand) throws {
    var random = SplitMix(seed: TestEffort.seed)
    for byte in command.name.utf8 { random = SplitMix(seed: random.next() ^ UInt64(byte)) }
    let codes = ["ENOSPC", "EIO", "EDQUOT", "EROFS", "EMFILE", "EACCES"]
    try check(command) { points in
      (0..<16 * TestEffort.factor).map { _ in
        let place = Int.random(in: 1...max(1, points.count), using: &random)
        let isSticky = Bool.random(using: &random)
        let code = codes[Int.random(in: codes.indices, using: &random)]
        return "\(place)\(isSticky ? "+" : ""):\(code)"
      }
    }
  }

  private func check(
    _ command: WritingCommand, mayFail: Bool = true, _ plans: ([String]) -> [String]
  ) throws {
    let errors = try ErrorCase(command)
    var problems: [String] = []
    var failures = 0
    let plans = plans(errors.points)
    for plan in plans {
      let verdict = try errors.run(failing: plan)
      problems += verdict.problems
      if verdict.status != 0 { failures += 1 }
      // One failure alone never leaves that open.
      if verdict.isUndecided, !plan.contains("+") { problems.append("\(plan): undecided") }
    }
    #expect(problems.count == 0, "\(problems.prefix(12).joined(separator: "\n"))")
    #expect(mayFail ? failures > 0 : failures == 0)
    print(
      "error matrix: \(command.name): \(errors.points.count) calls, \(plans.count) faults,",
      "\(failures) failures, seed \(TestEffort.seed)")
  }
}
