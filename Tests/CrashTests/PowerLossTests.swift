import TestSupport
import Testing

/// Power fails during or after every kind of command, and the disk has kept of the unsynced changes
/// whatever it liked.
@Suite struct PowerLossTests {
  /// These cover every way to publish; others when they are named.
  static let commands =
    TestEffort.isChoosing
    // Of a layout that is just being made nothing can be recovered: LayoutCreationCrashTests.
    ? WritingCommand.all.filter { $0.name != "init" }
    : [
      "new", "tag", "adopt", "batch", "recover overwritten", "gc", "expire", "undo gc",
      "repair damaged", "batch repack", "recover refresh", "unpack",
    ].compactMap { name in WritingCommand.all.first { $0.name == name } }

  /// What became of the states of one command.
  private struct Toll: Sendable {
    var states = 0
    var acknowledged = 0
    /// Acknowledged, and wrong.
    var lost = 0
    var problems: [String] = []
  }

  private static func cut(
    _ command: WritingCommand, _ profile: PersistenceProfile
  ) throws -> Toll {
    let cut = try PowerCut(command)
    let states = try cut.states(profile)
    var toll = Toll(states: states.count, acknowledged: states.filter(\.isAcknowledged).count)
    for state in states {
      let found = try cut.problems(of: state)
      toll.problems += found.map { "\($0) after a \(state)" }
      if state.isAcknowledged, !found.isEmpty { toll.lost += 1 }
    }
    return toll
  }

  @Test(arguments: commands, PersistenceProfile.allCases)
  func `a power cut leaves all or nothing, and nothing acknowledged is lost`(
    command: WritingCommand, profile: PersistenceProfile
  ) async throws {
    let toll = try await Crew.run { try Self.cut(command, profile) }
    #expect(toll.acknowledged > 0)
    #expect(toll.problems.count == 0, "\(toll.problems.prefix(5).joined(separator: "\n"))")
    print("power loss: \(command.name), \(profile): \(toll.states) states, \(TestEffort.seed)")
  }

  @Test func `without syncs an acknowledged operation is lost`() async throws {
    let relaxed = WritingCommand(
      "tag", kind: "tag", ["tag", "--image", "{L}:a", "d", "--durability", "relaxed"],
      WritingCommand.managed)
    let toll = try await Crew.run { try Self.cut(relaxed, .anyOrder) }
    #expect(toll.lost > 0)
  }
}
