import Store
import TestSupport
import Testing

@testable import Journal

/// What readers see of a layout whose writer died in the middle of a commit, and which they cannot put back.
@Suite struct HotJournalTests {
  static let commands = WritingCommand.all.filter {
    ["tag", "tag linked copy", "undo", "gc"].contains($0.name)
  }

  @Test(arguments: commands)
  func `what was committed is seen, and nothing else`(command: WritingCommand) throws {
    let sandbox = try command.sandbox()
    let points = try sandbox.points(of: command.arguments)
    var hot = 0
    for (index, point) in points.enumerated() where ["sqlite.write", "sqlite.sync"].contains(point)
    {
      try sandbox.reset()
      let old = try history(of: sandbox.layout).operations
      let died = try sandbox.run(command.arguments, failing: "\(index + 1):before")
      #expect(died.status == 137)
      guard try isHot(sandbox.layout) else { continue }
      hot += 1
      let (seen, fallback) = try history(of: sandbox.layout)
      let findings = try HistoryAudit(
        of: ImageLayout(opening: sandbox.layout), .everything, now: .zero
      ).run().findings
      #expect(try isHot(sandbox.layout))
      #expect(fallback == nil)
      #expect(findings.filter(\.isProblem) == [], "\(index + 1) \(point)")
      #expect(seen.suffix(old.count) == old[...])
      try sandbox.succeed(["recover", "--layout", "{L}"])
      let known = try history(of: sandbox.layout).operations
      #expect(known.suffix(seen.count) == seen[...], "\(index + 1) \(point)")
    }
    #expect(hot > 2)
  }

  private func isHot(_ layout: String) throws -> Bool {
    try Files.read(layout + "/.ocitx/journal.db-journal").first == 0xd9
  }

  private func history(of layout: String) throws -> (operations: [String], fallback: String?) {
    guard let history = try OperationHistory.open(ImageLayout(opening: layout)) else {
      return ([], nil)
    }
    let operations = try history.operations(HistoryFilter()).map {
      "\($0.record.id.text) \($0.record.kind)"
    }
    return (operations, history.fallbackReason)
  }
}
