import TestSupport
import Testing

@testable import Journal

/// Every call that changes something on disk has a fail point: what has none, the crash matrix
/// cannot reach.
@Suite struct FailPointCoverageTests {
  @Test(arguments: WritingCommand.all)
  func `a command changes nothing outside of a fail point`(command: WritingCommand) throws {
    let sandbox = try command.sandbox()
    let scratch = try TemporaryDirectory()
    try ExternalCommand.run(["cp", "-a", sandbox.root, scratch("root")])
    let layout = scratch("root/l")
    let arguments = Sandbox.expanded(command.arguments, in: scratch("root"))
    try Files.write(
      sandbox.expanded(input: command.input, bundle: scratch("root/b")), to: scratch("input"))
    let line = [
      "sh", "-c", #"input=$1; shift; exec "$@" <"$input""#, "sh", scratch("input"),
      TraceRecorder.built("umoci-tx"),
    ]
    // An unmodified tool's own calls are not ours; it changes nothing here.
    let isTool = command.name.hasPrefix("exec")
    let ours = isTool ? ["exec", "--layout", layout, "--", "sh", "-c", "true {}"] : arguments
    let violations = try CrashExperiment(scratch: scratch).callsWithoutFailPoint(of: line + ours)
    #expect(violations.filter { !Self.isHarmless($0) } == [], "\(command.name)")
  }

  /// As root SQLite gives its rollback journal, by each opening, the owner of the database, which it
  /// has already: we make both files.
  private static func isHarmless(_ violation: String) -> Bool {
    violation.contains(" fchown ") && violation.contains("/journal.db")
      && violation.contains("-journal: ")
  }
}
