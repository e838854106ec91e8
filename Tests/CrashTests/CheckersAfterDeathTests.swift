import TestSupport
import Testing

/// What checkers say about a layout in which a process has died: that it is unfinished, and not that the history
/// is damaged.
@Suite struct CheckersAfterDeathTests {
  private static let checkers = [
    ["verify", "--layout", "{L}"], ["audit", "verify", "--layout", "{L}"],
    ["audit", "head", "--layout", "{L}"],
  ]

  @Test(arguments: [["tag", "--image", "{L}:a", "d"], ["new", "--image", "{L}:n"]])
  func `an operation that died beside the database is unfinished, and no damage`(
    command: [String]
  ) throws {
    let sandbox = try Sandbox()
    try WritingCommand.managed(sandbox)
    try sandbox.remember()
    let points = try sandbox.points(of: command)
    #expect(points.contains("ops.write") && points.contains("publish.exchange"))
    for (offset, point) in points.enumerated() where !point.hasPrefix("sqlite.") {
      try sandbox.reset()
      let died = try sandbox.run(command, failing: "\(offset + 1):before")
      #expect(died.status == 137, "\(point): \(died)")
      for checker in Self.checkers {
        let outcome = try sandbox.run(checker)
        #expect(outcome.status == 0, "\(point), \(checker): \(outcome)")
      }
      guard point.hasPrefix("ops.") else { continue }
      let verified = try sandbox.run(Self.checkers[0])
      #expect(verified.standardOutput.contains("note: operation-unfinished:"), "\(point)")
    }
  }

  /// The first writer makes the folder, the tables and the history; what he has not finished was never there.
  @Test func `a first operation that died is unfinished, and no damage`() throws {
    let sandbox = try Sandbox()
    try WritingCommand.foreign(sandbox)
    try sandbox.remember()
    let command = ["tag", "--image", "{L}:a", "d"]
    let points = try sandbox.points(of: command)
    #expect(points.contains("folder.publish-format") && points.contains("publish.exchange"))
    let checkers = [Self.checkers[0], ["log", "--layout", "{L}"], ["status", "--layout", "{L}"]]
    for (offset, point) in points.enumerated() {
      try sandbox.reset()
      let died = try sandbox.run(command, failing: "\(offset + 1):before")
      #expect(died.status == 137, "\(point): \(died)")
      for checker in checkers {
        let outcome = try sandbox.run(checker)
        #expect(outcome.status == 0, "\(offset + 1) \(point), \(checker): \(outcome)")
        #expect(!outcome.standardError.contains("warning"), "\(point), \(checker): \(outcome)")
      }
    }
  }

  @Test func `a stage without its liveness lock is unfinished too, and goes with its record`()
    throws
  {
    let sandbox = try Sandbox()
    try WritingCommand.managed(sandbox)
    let records = try Files.names(in: sandbox.layout + "/.ocitx/ops")
    let died = try sandbox.run(["tag", "--image", "{L}:a", "d"], failing: "ops.sync-folder:before")
    #expect(died.status == 137)
    // As a power cut may leave it.
    let live = sandbox.layout + "/.ocitx/live/"
    for name in try Files.names(in: live) { try Files.remove(live + name) }
    let verified = try sandbox.run(Self.checkers[0])
    #expect(verified.status == 0, "\(verified)")
    #expect(verified.standardOutput.contains("note: operation-unfinished:"), "\(verified)")
    try sandbox.succeed(["tag", "--image", "{L}:a", "e"])
    #expect(try LayoutAudit.problems(of: sandbox.layout) == [])
    #expect(try Files.names(in: sandbox.layout + "/.ocitx/ops").count == records.count + 1)
  }
}
