import TestSupport
import Testing

/// Power fails during or after every kind of command, and the disk has kept of the unsynced changes
/// whatever it liked.
@Suite struct PowerLossTests {
  /// Of a layout that is just being made nothing can be recovered: LayoutCreationCrashTests.
  private static let commands = WritingCommand.all.filter { $0.name != "init" }

  /// These cover every way to publish.
  ///
  /// Of the others a few states are tried, unless they are named.
  private static let thorough = commands.filter {
    TestEffort.isChoosing
      || [
        "new", "tag", "adopt", "batch", "recover overwritten", "gc", "expire", "undo gc",
        "repair damaged", "batch repack", "recover refresh", "unpack",
      ].contains($0.name)
  }

  private static let others = commands.filter { command in
    !thorough.contains { $0.name == command.name }
  }

  /// What became of the states of one command.
  private struct Toll: Sendable {
    var states = 0
    var acknowledged = 0
    /// Acknowledged, and wrong.
    var lost = 0
    var problems: [String] = []
  }

  private static func cut(
    _ command: WritingCommand, _ profile: PersistenceProfile, limit: Int
  ) throws -> Toll {
    let cut = try PowerCut(command)
    let states = try cut.states(profile, limit: limit * TestEffort.factor)
    var toll = Toll(states: states.count, acknowledged: states.filter(\.isAcknowledged).count)
    for state in states {
      let found = try cut.problems(of: state)
      toll.problems += found.map { "\($0) after a \(state)" }
      if state.isAcknowledged, !found.isEmpty { toll.lost += 1 }
    }
    return toll
  }

  @Test(arguments: thorough, PersistenceProfile.allCases)
  func `a power cut leaves all or nothing, and nothing acknowledged is lost`(
    command: WritingCommand, profile: PersistenceProfile
  ) async throws {
    try await check(command, profile, limit: 60)
  }

  @Test(arguments: others)
  func `a power cut leaves all or nothing of any other command`(
    command: WritingCommand
  ) async throws {
    try await check(command, .anyOrder, limit: 20)
  }

  private func check(
    _ command: WritingCommand, _ profile: PersistenceProfile, limit: Int
  ) async throws {
    let toll = try await Crew.run { try Self.cut(command, profile, limit: limit) }
    #expect(toll.acknowledged > 0)
    #expect(toll.problems.count == 0, "\(toll.problems.prefix(5).joined(separator: "\n"))")
    print("power loss: \(command.name), \(profile): \(toll.states) states, \(TestEffort.seed)")
  }

  @Test func `without syncs an acknowledged operation is lost`() async throws {
    let relaxed = WritingCommand(
      "tag", kind: "tag", ["tag", "--image", "{L}:a", "d", "--durability", "relaxed"],
      WritingCommand.managed)
    let toll = try await Crew.run { try Self.cut(relaxed, .anyOrder, limit: 60) }
    #expect(toll.lost > 0)
  }
}
