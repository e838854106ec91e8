import Store
import TestSupport
import Testing

@testable import Journal

/// Power fails during or after every kind of command, and the disk has kept of the unsynced changes
/// whatever it liked.
@Suite struct PowerLossTests {
  /// These cover every way to publish; others when they are named.
  static let commands =
    TestEffort.isChoosing
    // Of a layout that is just being made nothing can be recovered: LayoutCreationCrashTests.
    ? WritingCommand.all.filter { $0.name != "init" }
    : [
      "new", "tag", "adopt", "rm", "undo", "batch", "recover overwritten", "gc", "expire",
      "undo gc", "repair damaged",
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

/// A command whose machine loses power.
private struct PowerCut {
  private let command: WritingCommand
  private let experiment: CrashExperiment
  private let scratch: ScratchFolder
  private let sequence: Int64
  private let before: [String]
  private let after: [String]

  private var layout: String { scratch("root/l") }

  /// Runs the command undisturbed to see what it does.
  init(_ command: WritingCommand) throws {
    self.command = command
    scratch = try ScratchFolder()
    let sandbox = try command.sandbox()
    sequence = try LayoutAudit.newest(of: sandbox.layout)
    try sandbox.succeed(command.recovery)
    before = try command.state(of: sandbox.layout) ?? []
    try sandbox.reset()
    try sandbox.succeed(command.arguments, input: command.input)
    after = try command.state(of: sandbox.layout) ?? []
    try sandbox.reset()
    try Files.write(command.input, to: scratch("input"))
    try ExternalCommand.run(["cp", "-a", sandbox.root, scratch("root")])
    experiment = try CrashExperiment(scratch: scratch)
  }

  /// What may be left, a choice by the seed.
  func states(_ profile: PersistenceProfile) throws -> [CrashState] {
    let words = command.arguments.map { word in
      word.hasPrefix("{L}") ? "root/l" + word.dropFirst(3) : word
    }
    var experiment = experiment
    experiment.environment = ["SOURCE_DATE_EPOCH=1700000000"]
    let program = [TraceRecorder.built("umoci-tx")] + words
    let model = try experiment.model(
      of: ["sh", "-c", #"exec "$@" <input"#, "sh"] + program, profile: profile)
    return try model.crashStates(limit: 60 * TestEffort.factor, seed: TestEffort.seed).states
  }

  /// What is wrong after a power cut, once the machine runs again.
  func problems(of state: CrashState) throws -> [String] {
    try experiment.install(state)
    // What was acknowledged needs no recovery to be whole.
    var problems = state.isAcknowledged ? LayoutAudit.visibleProblems(of: layout) : []
    let words = command.recovery.map { $0 == "{L}" ? layout : $0 }
    let recovery = try ExternalCommand.run([TraceRecorder.built("umoci-tx")] + words, timeout: 60)
    guard recovery.status == 0 else { return problems + ["\(words): \(recovery)"] }
    problems += try command.problems(of: layout)
    let tags = try command.state(of: layout) ?? []
    guard tags == after || tags == before else { return problems + ["tags \(tags)"] }
    if state.isAcknowledged, tags != after { problems.append("the acknowledged change is lost") }
    guard let kind = command.kind, before != after else { return problems }
    let count = try LayoutAudit.kinds(of: layout, after: sequence).filter { $0.rawValue == kind }
      .count
    if count != (tags == after ? 1 : 0) { problems.append("\(count) records of kind \(kind)") }
    return problems
  }
}
