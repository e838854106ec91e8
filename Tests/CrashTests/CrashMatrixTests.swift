import TestSupport
import Testing

/// Every writing command dies at every call that changes something: before it, after it and in the
/// middle of it.
@Suite struct CrashMatrixTests {
  /// What became of the deaths of one command.
  private struct Toll: Sendable {
    var calls = 0
    var deaths = 0
    /// How many of the calls replace index.json by a mere rename.
    var renames = 0
    var problems: [String] = []
  }

  @Test(arguments: WritingCommand.all)
  func `a command that dies anywhere has happened or has not`(
    command: WritingCommand
  ) async throws {
    let toll = try await Crew.run { try Self.dieEverywhere(command) }
    let told = toll.problems.prefix(20).joined(separator: "\n")
    #expect(toll.problems.count == 0, "\(command.name): \(told)")
    #expect(toll.deaths >= toll.calls)
    CrashTally.single.add(command.name, toll.calls, toll.deaths, toll.problems.count)
  }

  /// The ways to publish, where index.json can only be replaced by a rename.
  private static let publishing = WritingCommand.all.filter {
    ["tag", "gc", "recover prepared", "recover overwritten"].contains($0.name)
  }

  @Test(arguments: publishing)
  func `a command that dies anywhere on a disk without exchange has happened or has not`(
    command: WritingCommand
  ) async throws {
    let toll = try await Crew.run {
      try Self.dieEverywhere(command, faults: "publish.exchange:EINVAL")
    }
    let told = toll.problems.prefix(20).joined(separator: "\n")
    #expect(toll.problems.count == 0, "\(command.name): \(told)")
    #expect(toll.renames > 0)
  }

  private static func dieEverywhere(
    _ command: WritingCommand, faults: String? = nil
  ) throws -> Toll {
    let crash = try CrashCase(command, faults: faults)
    let seed = TestEffort.seed(for: command.name)
    let calls = TestEffort.calls(of: crash.points, seed: seed)
    var toll = Toll(calls: calls.count)
    toll.renames = crash.points.count { $0 == "publish.rename" }
    for offset in calls {
      for mode in TestEffort.deaths(at: offset, of: crash.points)
      where try crash.die(at: "\(offset + 1):\(mode)") {
        toll.deaths += 1
        let found = try crash.visibleProblems() + crash.recover() + crash.continueWorking()
        toll.problems += found.map {
          "died \(mode) call \(offset + 1), \(crash.points[offset]): \($0)"
        }
      }
    }
    return toll
  }

  /// The recoveries are in the matrix themselves; this samples those of all other deaths.
  @Test(arguments: WritingCommand.all)
  func `a recovery that dies too is finished by the next one`(
    command: WritingCommand
  ) async throws {
    let toll = try await Crew.run { try Self.dieTwice(command) }
    let told = toll.problems.prefix(20).joined(separator: "\n")
    #expect(toll.problems.count == 0, "\(command.name), seed \(TestEffort.seed): \(told)")
    CrashTally.double.add(command.name, toll.calls, toll.deaths, toll.problems.count)
  }

  private static func dieTwice(_ command: WritingCommand) throws -> Toll {
    let crash = try CrashCase(command)
    var random = SplitMix(announcing: TestEffort.seed(for: command.name))
    var toll = Toll()
    for _ in 0..<3 * TestEffort.factor {
      let offset = Int(random.next() % UInt64(crash.points.count))
      guard try crash.die(at: "\(offset + 1):before"), Files.exists(crash.sandbox.layout) else {
        continue
      }
      let found = try crash.dieAgain(times: 4) { Int(random.next() % UInt64($0)) }
      toll.calls += found.calls
      toll.deaths += found.deaths
      toll.problems += found.problems.map { "died before call \(offset + 1), then \($0)" }
    }
    return toll
  }
}
