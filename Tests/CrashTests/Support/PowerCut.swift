import Journal
import TestSupport

/// A command whose machine loses power.
struct PowerCut {
  private let command: WritingCommand
  private let experiment: CrashExperiment
  private let sandbox: Sandbox
  private let sequence: Int64
  private let before: [String]
  private let after: [String]
  /// What the bundle is based on after `recover` alone, and after the command.
  private let baseBefore: String?
  private let baseAfter: String?
  /// The tree of the bundle after the command.
  private let tree: [String]

  private var layout: String { sandbox.layout }

  /// Runs the command undisturbed to see what it does.
  init(_ command: WritingCommand) throws {
    self.command = command
    sandbox = try command.sandbox()
    sequence = try command.mendsIndex ? 0 : LayoutAudit.newest(of: sandbox.layout)
    try sandbox.succeed(command.recovery)
    before = try command.state(of: sandbox.layout) ?? []
    baseBefore = try BundleAudit.base(of: sandbox.bundle)
    try sandbox.reset()
    try sandbox.succeed(command.arguments, input: command.input)
    after = try command.state(of: sandbox.layout) ?? []
    baseAfter = try BundleAudit.base(of: sandbox.bundle)
    tree = try Self.tree(of: sandbox.bundle)
    try sandbox.reset()
    try Files.write(
      sandbox.expanded(input: command.input), to: sandbox.folder("input"))
    experiment = try CrashExperiment(scratch: sandbox.folder)
  }

  /// What may be left, a choice by the seed.
  ///
  /// - Parameter limit: How many at most; at least one for each cut is tried.
  func states(_ profile: PersistenceProfile, limit: Int) throws -> [CrashState] {
    var experiment = experiment
    experiment.environment = ["SOURCE_DATE_EPOCH=1700000000"]
    let program = [TraceRecorder.built("umoci-tx")] + sandbox.expanded(command.arguments)
    let model = try experiment.model(
      of: ["sh", "-c", #"exec "$@" <input"#, "sh"] + program, profile: profile)
    return try model.crashStates(limit: limit, seed: TestEffort.seed).states
  }

  /// What is wrong after a power cut, once the machine runs again.
  func problems(of state: CrashState) throws -> [String] {
    try experiment.install(state)
    // What was acknowledged needs no recovery to be whole.
    var problems = state.isAcknowledged ? command.visibleProblems(of: layout) : []
    let recovery = try sandbox.run(command.recovery)
    guard recovery.status == 0 else { return problems + ["\(command.recovery): \(recovery)"] }
    problems += try command.problems(of: layout)
    let tags = try command.state(of: layout) ?? []
    guard tags == after || tags == before else { return problems + ["tags \(tags)"] }
    if state.isAcknowledged, tags != after { problems.append("the acknowledged change is lost") }
    problems += try bundleProblems(isAfter: tags == after && before != after)
    guard let kind = command.kind, before != after else { return problems }
    let count = try LayoutAudit.kinds(of: layout, after: sequence).filter { $0.rawValue == kind }
      .count
    if count != (tags == after ? 1 : 0) { problems.append("\(count) records of kind \(kind)") }
    return problems
  }

  private func bundleProblems(isAfter: Bool) throws -> [String] {
    guard let base = try BundleAudit.base(of: sandbox.bundle) else { return [] }
    let expected = isAfter ? baseAfter : baseBefore
    return BundleAudit.problems(of: sandbox.bundle) + BundleAudit.leftovers(in: sandbox.bundle)
      + (base == expected ? [] : ["the bundle is based on \(base)"])
      + (try Self.tree(of: sandbox.bundle).difference(from: tree).map { "the tree: \($0)" })
  }

  /// What is in a bundle's root file system, but for times, which the model does not know.
  private static func tree(of bundle: String) throws -> [String] {
    Files.exists(bundle) ? try Files.listing(bundle + "/rootfs") : []
  }
}
