import Journal
import Store
import TestSupport

/// A command in its sandbox, with the two states between which there must be nothing.
struct CrashCase {
  let command: WritingCommand
  let sandbox: Sandbox
  /// The state that `recover` alone would leave.
  let before: [String]?
  /// The state after the command.
  let after: [String]?
  /// The calls of the undisturbed command.
  let points: [String]
  /// The newest operation before it.
  private let sequence: Int64
  private let kindsBefore: [OperationKind]
  private let kindsAfter: [OperationKind]
  /// What the bundle is based on after `recover` alone, and after the command.
  private let baseBefore: String?
  private let baseAfter: String?

  /// Runs the command undisturbed to see what it does.
  ///
  /// - Parameter faults: Faults of the disk that every run meets.
  init(_ command: WritingCommand, faults: String? = nil) throws {
    self.command = command
    sandbox = try command.sandbox()
    sandbox.faults = faults
    let layout = sandbox.layout
    sequence = try command.mendsIndex ? 0 : LayoutAudit.newest(of: layout)
    if Files.exists(layout) { try sandbox.succeed(command.recovery) }
    before = try command.state(of: layout)
    kindsBefore = try LayoutAudit.kinds(of: layout, after: sequence)
    baseBefore = try BundleAudit.base(of: sandbox.bundle)
    try sandbox.reset()
    points = try sandbox.points(of: command.arguments, input: command.input)
    after = try command.state(of: layout)
    baseAfter = try BundleAudit.base(of: sandbox.bundle)
    kindsAfter = try LayoutAudit.kinds(of: layout, after: sequence)
    try sandbox.reset()
  }

  /// Runs the command from the start and lets it die by a plan.
  ///
  /// - Returns: False when it never came that far: the writes of SQLite depend a little on the
  ///   random ids of the operations.
  func die(at plan: String) throws -> Bool {
    try sandbox.reset()
    let outcome = try sandbox.run(command.arguments, input: command.input, failing: plan)
    guard outcome.status == 0 || outcome.status == 137 else {
      throw TestFailure("\(command.name) under \(plan): \(outcome)")
    }
    return outcome.status == 137
  }

  /// What is wrong after a crash at the place where the sandbox is now, before any recovery.
  func visibleProblems() -> [String] {
    (command.mendsIndex ? [] : LayoutAudit.visibleProblems(of: sandbox.layout))
      + BundleAudit.problems(of: sandbox.bundle)
  }

  /// Recovers and gives what is wrong then.
  func recover() throws -> [String] {
    guard Files.exists(sandbox.layout) else {
      return before == nil ? [] : ["the layout is gone"]
    }
    let outcome = try sandbox.run(command.recovery)
    if outcome.status != 0 { return ["\(command.recovery[0]): \(outcome)"] }
    return try recoveredProblems()
  }

  /// Lets the recovery from the crash that the sandbox holds die at some of its calls.
  ///
  /// - Parameters:
  ///   - times: How many of its calls to choose; all of them when there are fewer.
  ///   - choose: Gives a number below the one that it is given.
  /// - Returns: The calls of the recovery, its deaths, and what is wrong after another recovery.
  func dieAgain(
    times: Int, _ choose: (Int) -> Int
  ) throws -> (calls: Int, deaths: Int, problems: [String]) {
    let crashed = try FolderSnapshot(of: sandbox.root)
    let recovery = command.recovery
    let points = try sandbox.points(of: recovery)
    var deaths = 0
    var problems: [String] = []
    for number in Self.sample(times, below: points.count, choose) {
      for mode in TestEffort.deaths(at: number, of: points) {
        try crashed.restore()
        let outcome = try sandbox.run(recovery, failing: "\(number + 1):\(mode)")
        if outcome.status == 0 { continue }
        guard outcome.status == 137 else { throw TestFailure("\(command.name): \(outcome)") }
        deaths += 1
        let found = try visibleProblems() + recover() + continueWorking()
        problems += found.map {
          "\(mode) call \(number + 1) of the recovery, \(points[number]): \($0)"
        }
      }
    }
    return (points.count, deaths, problems)
  }

  private static func sample(_ times: Int, below count: Int, _ choose: (Int) -> Int) -> [Int] {
    var numbers = Array(0..<count)
    while numbers.count > times { numbers.remove(at: choose(numbers.count)) }
    return numbers
  }

  /// What is wrong in a layout that was recovered: all or nothing, and the log says which.
  func recoveredProblems(_ ignored: Set<String> = []) throws -> [String] {
    let layout = sandbox.layout
    var problems = try command.problems(of: layout)
    let tags = try command.state(of: layout)
    let kinds = try LayoutAudit.kinds(of: layout, after: sequence).filter {
      !ignored.contains($0.rawValue)
    }
    guard tags == before || tags == after else {
      return problems + ["neither before nor after: \(tags ?? [])"]
    }
    problems += try bundleProblems(isAfter: tags == after && before != after)
    if let kind = command.kind, before != after {
      let count = kinds.filter { $0.rawValue == kind }.count
      if count != (tags == after ? 1 : 0) {
        let state = tags == after ? "after" : "before"
        problems.append("\(count) records of kind \(kind), tags as \(state)")
      }
    }
    return problems
  }

  /// What is wrong with a bundle that was, or was not, to be refreshed.
  private func bundleProblems(isAfter: Bool) throws -> [String] {
    let leases = try BundleAudit.leaseProblems(of: sandbox.bundle, in: sandbox.layout)
    guard Files.exists(sandbox.bundle) else { return leases }
    let base = try BundleAudit.base(of: sandbox.bundle)
    let expected = isAfter ? baseAfter : baseBefore
    return BundleAudit.problems(of: sandbox.bundle)
      + BundleAudit.leftovers(in: sandbox.bundle) + leases
      + (base == expected ? [] : ["the bundle is based on \(base ?? "nothing")"])
  }

  /// Runs one more command, as anybody might; gives what is wrong then.
  func continueWorking() throws -> [String] {
    guard Files.exists(sandbox.layout) else {
      let outcome = try sandbox.run(["init", "--layout", "{L}"])
      if outcome.status != 0 { return ["the next init: \(outcome)"] }
      let left = try Files.names(in: sandbox.root).filter { $0 != "l" }
      return left.isEmpty ? try command.problems(of: sandbox.layout) : ["left: \(left)"]
    }
    let outcome = try sandbox.run(["new", "--image", "{L}:next"])
    if outcome.status != 0 { return ["the next command: \(outcome)"] }
    let tags = try LayoutAudit.tags(of: sandbox.layout) ?? []
    let isThere = tags.contains { $0.hasPrefix("next=") }
    return try command.problems(of: sandbox.layout) + (isThere ? [] : ["it did nothing"])
  }
}
