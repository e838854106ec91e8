import TestSupport
import Testing

/// Every writing command dies at every call that changes something: before it, after it and in the
/// middle of it.
@Suite struct CrashMatrixTests {
  @Test(arguments: WritingCommand.all)
  func `a command that dies anywhere has happened or has not`(command: WritingCommand) throws {
    let crash = try CrashCase(command)
    var deaths = 0
    var problems: [String] = []
    for (offset, point) in crash.points.enumerated() {
      for mode in TestEffort.deaths(at: point) where try crash.die(at: "\(offset + 1):\(mode)") {
        deaths += 1
        let found = try crash.visibleProblems() + crash.recover() + crash.continueWorking()
        problems += found.map { "died \(mode) call \(offset + 1), \(point): \($0)" }
      }
    }
    #expect(problems.count == 0, "\(command.name): \(problems.prefix(20).joined(separator: "\n"))")
    #expect(deaths >= crash.points.count)
    CrashTally.single.add(command.name, crash.points.count, deaths, problems.count)
  }

  /// The recoveries are in the matrix themselves; this samples those of all other deaths.
  @Test(arguments: WritingCommand.all)
  func `a recovery that dies too is finished by the next one`(command: WritingCommand) throws {
    let crash = try CrashCase(command)
    var random = SplitMix(seed: TestEffort.seed(for: command.name))
    var (calls, deaths) = (0, 0)
    var problems: [String] = []
    for _ in 0..<3 * TestEffort.factor {
      let offset = Int(random.next() % UInt64(crash.points.count))
      guard try crash.die(at: "\(offset + 1):before"), Files.exists(crash.sandbox.layout) else {
        continue
      }
      let found = try crash.dieAgain(times: 4) { Int(random.next() % UInt64($0)) }
      calls += found.calls
      deaths += found.deaths
      problems += found.problems.map { "died before call \(offset + 1), then \($0)" }
    }
    let seed = TestEffort.seed
    let told = problems.prefix(20).joined(separator: "\n")
    #expect(problems.count == 0, "\(command.name), seed \(seed): \(told)")
    CrashTally.double.add(command.name, calls, deaths, problems.count)
  }
}
