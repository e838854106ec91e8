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

  @Test(arguments: commands, PersistenceProfile.allCases)
  func `a power cut leaves all or nothing, and nothing acknowledged is lost`(
    command: WritingCommand, profile: PersistenceProfile
  ) throws {
    let cut = try PowerCut(command)
    let states = try cut.states(profile)
    #expect(states.contains { $0.isAcknowledged })
    var problems: [String] = []
    for state in states {
      problems += try cut.problems(of: state).map { "\($0) after a \(state)" }
    }
    #expect(problems.count == 0, "\(problems.prefix(5).joined(separator: "\n"))")
    print("power loss: \(command.name), \(profile): \(states.count) states, \(TestEffort.seed)")
  }

  @Test func `without syncs an acknowledged operation is lost`() throws {
    let relaxed = WritingCommand(
      "tag", kind: "tag", ["tag", "--image", "{L}:a", "d", "--durability", "relaxed"],
      WritingCommand.managed)
    let cut = try PowerCut(relaxed)
    var lost = 0
    for state in try cut.states(.anyOrder) where state.isAcknowledged {
      if try !cut.problems(of: state).isEmpty { lost += 1 }
    }
    #expect(lost > 0)
  }
}
