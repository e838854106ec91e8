import Journal
import Store
import TestSupport

/// A command in its sandbox, whose system calls fail instead of killing it.
struct ErrorCase {
  /// How a run under a plan ended, and what was wrong with it.
  struct Verdict {
    let status: Int32
    let isUndecided: Bool
    let problems: [String]
  }

  /// The statuses that a failed system call may lead to; 70 would be a defect of the program.
  static let allowed: Set<Int32> = [0, 65, 66, 73, 74, 75, 77]

  let command: WritingCommand
  let sandbox: Sandbox
  /// The calls of the undisturbed command.
  let points: [String]
  /// The tags and settings as they are before anything; nil when there are none, or when they cannot be read.
  private let initial: [String]?
  /// Those that `recover` alone would leave.
  private let before: [String]?
  /// Those after the command.
  private let after: [String]?
  private let sequence: Int64
  /// The files that the command moves, before it and after it.
  private let filesBefore: [String]
  private let filesAfter: [String]

  /// Runs the command undisturbed to see what it does.
  init(_ command: WritingCommand) throws {
    self.command = command
    sandbox = try command.sandbox()
    let layout = sandbox.layout
    initial = command.mendsIndex ? nil : try LayoutAudit.values(of: layout)
    sequence = try command.mendsIndex ? 0 : LayoutAudit.newest(of: layout)
    if Files.exists(layout) { try sandbox.succeed(command.recovery) }
    before = try LayoutAudit.values(of: layout)
    filesBefore = Self.withoutTags(try command.state(of: layout))
    try sandbox.reset()
    points = try sandbox.points(of: command.arguments, input: command.input)
    after = try LayoutAudit.values(of: layout)
    filesAfter = Self.withoutTags(try command.state(of: layout))
    try sandbox.reset()
  }

  /// Runs the command from the start under a plan, then one more command, then `recover`.
  func run(failing plan: String) throws -> Verdict {
    try sandbox.reset()
    let outcome = try sandbox.run(command.arguments, input: command.input, failing: plan)
    var problems = complaints(about: outcome)
    let hasHappened = outcome.status == 0 || Self.isVisible(outcome)
    let isThere = Files.exists(sandbox.layout + "/index.json")
    if isThere || initial != nil || command.mendsIndex {
      problems += visibleProblems(hasHappened)
      let isDecided = !Self.isUndecided(outcome)
      problems += try laterProblems(hasHappened, isDecided: isDecided)
    } else {
      problems += try creationProblems(hasHappened)
    }
    return Verdict(
      status: outcome.status, isUndecided: Self.isUndecided(outcome),
      problems: problems.map { "\(command.name) under \(plan) (\(outcome)): \($0)" })
  }

  /// A change that was made, could not be made durable and could not be taken back either.
  private static func isVisible(_ outcome: ExternalCommand.Outcome) -> Bool {
    outcome.standardError.contains("is visible but perhaps not durable")
      || outcome.standardError.contains("is done, but the trash could not be deleted")
  }

  /// The disk failed so often that only the next command finds out whether it will happen.
  private static func isUndecided(_ outcome: ExternalCommand.Outcome) -> Bool {
    outcome.status == 74 && outcome.standardError.contains("neither finished nor taken back")
  }

  private func complaints(about outcome: ExternalCommand.Outcome) -> [String] {
    guard Self.allowed.contains(outcome.status) else { return ["a bad exit status"] }
    let lines = outcome.standardError.split(separator: "\n")
    let errors = lines.filter { $0.hasPrefix("error:") }
    guard errors.count == (outcome.status == 0 ? 0 : 1) else { return ["\(errors.count) errors"] }
    return []
  }

  /// What is wrong right after the command: all or nothing, as its exit status says.
  private func visibleProblems(_ hasHappened: Bool) -> [String] {
    if command.mendsIndex { return [] }
    var problems = LayoutAudit.visibleProblems(of: sandbox.layout)
    let tags = (try? LayoutAudit.tags(of: sandbox.layout)) ?? nil
    let allowed =
      hasHappened ? [after] : command.kind == nil ? [initial, before, after] : [initial]
    // A setting holds as soon as it is prepared: what is undecided may have set it.
    if !allowed.map(Self.tags).contains(tags) {
      problems.append("tags right after it: \(tags ?? [])")
    }
    return problems
  }

  /// What is wrong once the disk works again and somebody has gone on working.
  private func laterProblems(_ visible: Bool, isDecided: Bool) throws -> [String] {
    let layout = sandbox.layout
    var later = [["new", "--image", "{L}:next"], command.recovery]
    // Where index.json or blobs may be broken, somebody has to mend them before anything else.
    if command.mendsIndex || command.recovery != WritingCommand.recover { later.reverse() }
    for arguments in later {
      let outcome = try sandbox.run(arguments)
      guard outcome.status == 0 else { return ["\(arguments): \(outcome)"] }
    }
    var problems = try command.problems(of: layout)
    let tags = (try LayoutAudit.values(of: layout) ?? []).filter { !$0.hasPrefix("next=") }
    let hasHappened = try isDecided ? visible : isRecorded(tags)
    let expected = (hasHappened ? after : before ?? initial) ?? []
    if tags != expected { problems.append("tags in the end: \(tags)") }
    problems += try fileProblems(happened: hasHappened)
    guard let kind = command.kind, kind != "init" else { return problems }
    let count = try LayoutAudit.kinds(of: layout, after: sequence).filter { $0.rawValue == kind }
      .count
    let wanted = (hasHappened ? 1 : 0) + (kind == "new" ? 1 : 0)
    if count != wanted { problems.append("\(count) records of kind \(kind), not \(wanted)") }
    return problems
  }

  /// Whether an operation that nobody had decided about has happened in the end.
  private func isRecorded(_ tags: [String]) throws -> Bool {
    guard !command.watched.isEmpty else { return tags == after }
    return try LayoutAudit.kinds(of: sandbox.layout, after: sequence).contains {
      $0.rawValue == command.kind
    }
  }

  private static func tags(_ values: [String]?) -> [String]? {
    values?.filter { !$0.hasPrefix("setting ") }
  }

  private static func withoutTags(_ state: [String]?) -> [String] {
    (state ?? []).filter { !$0.contains("=") }
  }

  /// The files that the command moves are where they should be; others have come since.
  private func fileProblems(happened: Bool) throws -> [String] {
    guard !command.watched.isEmpty, command.kind != nil else { return [] }
    let expected = happened ? filesAfter : filesBefore
    let known = Set(filesAfter + filesBefore)
    let found = (try command.state(of: sandbox.layout) ?? []).filter(known.contains)
    return found == expected ? [] : ["files in the end: \(found)"]
  }

  /// What is wrong after a layout could not be made, or could.
  private func creationProblems(_ hasHappened: Bool) throws -> [String] {
    if hasHappened { return ["there is no layout"] }
    let next = try sandbox.run(["init", "--layout", "{L}"])
    guard next.status == 0 else { return ["the next init: \(next)"] }
    let left = try Files.names(in: sandbox.root).filter { $0 != "l" }
    let problems = left.isEmpty ? [] : ["left beside the layout: \(left)"]
    return problems + (try command.problems(of: sandbox.layout))
  }
}
