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
        of: ImageLayout.open(sandbox.layout), .everything, now: .zero
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

  /// Whoever is first gives the copy, or the original, files of its own, wherever it dies over that.
  @Test(arguments: [false, true])
  func `a copy of hard links and its original put back what they share, each by itself`(
    isCopyFirst: Bool
  ) throws {
    let sandbox = try Sandbox()
    try WritingCommand.managed(sandbox)
    try sandbox.remember()
    let tag = ["tag", "--image", "{L}:a", "d"]
    let writes = try sandbox.points(of: tag).enumerated().filter { $0.element == "sqlite.write" }
    try #require(
      writes.reversed().contains { write in
        try sandbox.reset()
        _ = try sandbox.run(tag, failing: "\(write.offset + 1):before")
        return try isHot(sandbox.layout)
      })
    let copy = sandbox.root + "/copy"
    #expect(try ExternalCommand.run(["cp", "-al", sandbox.layout, copy]).status == 0)
    try sandbox.remember()
    let (first, second) = isCopyFirst ? (copy, sandbox.layout) : (sandbox.layout, copy)
    let files = ["journal.db", "journal.db-journal"].map { second + "/.ocitx/" + $0 }
    let shared = try files.map(Files.read)
    let retry = ["tag", "--image", first + ":a", "e"]
    let points = try sandbox.points(of: retry)
    #expect(points.contains("folder.unshare"))
    #expect(try files.map(Files.read) == shared)
    for (index, point) in points.enumerated() where point.hasPrefix("folder.") {
      try sandbox.reset()
      #expect(try sandbox.run(retry, failing: "\(index + 1):before").status == 137)
      #expect(try files.map(Files.read) == shared, "\(index + 1) \(point)")
      for layout in index % 2 == 0 ? [first, second] : [second, first] {
        try sandbox.succeed(["tag", "--image", layout + ":a", "f"])
        #expect(try LayoutAudit.problems(of: layout) == [], "\(index + 1) \(point)")
      }
      #expect(try LayoutAudit.kinds(of: copy, after: 0).filter { $0 == .fork }.count == 1)
      #expect(try LayoutAudit.kinds(of: sandbox.layout, after: 0).contains(.fork) == false)
    }
  }

  private func isHot(_ layout: String) throws -> Bool {
    try Files.read(layout + "/.ocitx/journal.db-journal").first == 0xd9
  }

  private func history(of layout: String) throws -> (operations: [String], fallback: String?) {
    guard let history = try OperationHistory.open(ImageLayout.open(layout)) else {
      return ([], nil)
    }
    let operations = try history.operations(HistoryFilter()).map {
      "\($0.record.id.text) \($0.record.kind)"
    }
    return (operations, history.fallbackReason)
  }
}
