import Store
import TestSupport
import Testing

/// The built program, command by command.
@Suite struct EveryCommandTests {
  @Test(.enabled(if: Requirement.umoci.isMet, "umoci is not installed"))
  func `init creates a layout that other tools can read`() throws {
    let shop = try Workshop(withLayout: false)
    let answer = try shop.json(["init", "--layout", "L"])
    #expect(answer.text("operation", "kind") == "init")
    #expect(try shop.succeed(["ls", "--layout", "L"]) == "")
    #expect(shop.findings().isEmpty)
    try shop.expectSuccess(of: ["umoci", "new", "--image", "L:theirs"])
    #expect(try shop.succeed(["ls", "--layout", "L"]) == "theirs\n")
  }

  /// What index.json was before lies in `.ocitx/displaced/`, and in a copy it has other times.
  @Test(arguments: ["-r", "-a"])
  func `a copy of a layout keeps every tag`(how: String) throws {
    let shop = try Workshop(withLayout: false)
    try shop.succeed(["init", "--layout", "L"])
    for tag in ["a", "b", "c"] { try shop.succeed(["new", "--image", "L:" + tag]) }
    try shop.expectSuccess(of: ["cp", how, "L", "copy"])
    try shop.succeed(["tag", "--image", "copy:a", "d"])
    #expect(try shop.succeed(["ls", "--layout", "copy"]) == "a\nb\nc\nd\n")
    let log = try shop.json(["log", "--layout", "copy", "--limit", "3"])
    let kinds = log["operations"]?.arrayValue?.elements.map { $0.objectValue?.text("kind") }
    #expect(kinds == ["tag", "fork", "new"])
    #expect(LayoutVerifier.verify(at: shop.folder("copy")).isEmpty)
  }

  @Test func `new, tag and rm do what umoci does, silently`() throws {
    let shop = try Workshop()
    #expect(try shop.succeed(["new", "--image", "L:empty", "--expect", "none"]) == "")
    #expect(try shop.succeed(["tag", "--image", "L:a", "stable", "-m", "because"]) == "")
    #expect(try shop.succeed(["rm", "--image", "L:b"]) == "")
    #expect(try shop.succeed(["ls", "--layout", "L"]) == "a\nmulti\nempty\nstable\n")
    #expect(try shop.tags()["stable"] == shop.tags()["a"])
    #expect(try shop.json(["tag", "--image", "L:a", "stable"]).text("outcome") == "unchanged")
    #expect(try shop.json(["rm", "--image", "L:stable"]).text("outcome") == "committed")
    #expect(shop.findings().isEmpty)
  }

  @Test func `a whole index can be tagged where umoci gives up`() throws {
    let shop = try Workshop()
    let refused = try shop.run(["tag", "--image", "L:multi", "x"])
    #expect(refused.status == 64)
    #expect(refused.standardError.contains("linux/arm64"))
    try shop.succeed(["tag", "--image", "L:multi", "x", "--whole-index"])
    #expect(try shop.tags()["x"] == shop.tags()["multi"])
  }

  @Test func `log, show, status and ls tell the history`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x", "-m", "the reason"])
    try shop.succeed(["tag", "--image", "L:b", "x"])
    let log = try shop.json(["log", "--layout", "L"])
    #expect(log.count("operations") == 3)
    #expect(try shop.json(["log", "--layout", "L", "--tag", "x"]).count("operations") == 2)
    #expect(try shop.json(["log", "--layout", "L", "--limit", "1"]).count("operations") == 1)
    #expect(try shop.succeed(["log", "--layout", "L"]).contains("\"the reason\""))
    #expect(try shop.json(["show", "2", "--layout", "L"]).text("who", "message") == "the reason")
    #expect(try shop.succeed(["show", "--layout", "L"]).contains("Operation:  3 "))
    #expect(try shop.succeed(["ls", "--layout", "L", "--at-op", "1"]) == "a\nb\nmulti\n")
    #expect(try shop.json(["ls", "--layout", "L"]).count("tags") == 4)
    #expect(try shop.succeed(["status", "--layout", "L"]).contains("3 operations"))
    _ = try shop.json(["status", "--layout", "L"])
  }

  @Test func `undo, redo and restore go back and forth`() throws {
    let shop = try Workshop()
    let before = try shop.tags()
    try shop.succeed(["tag", "--image", "L:a", "b"])
    #expect(try shop.succeed(["undo", "--layout", "L"]).contains("undo of"))
    #expect(try shop.tags() == before)
    #expect(try shop.json(["redo", "--layout", "L"]).text("operation", "kind") == "redo")
    #expect(try shop.tags()["b"] == before["a"])
    try shop.succeed(["restore", "--layout", "L", "--to", "1"])
    #expect(try shop.tags() == before)
    #expect(try shop.json(["recover", "--layout", "L"]).count("recovered") == 0)
    #expect(shop.findings().isEmpty)
  }

  @Test func `undo refuses a tag that has moved, and force says what it loses`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    try shop.succeed(["tag", "--image", "L:b", "x"])
    let refused = try shop.run(["undo", "2", "--layout", "L"])
    #expect(refused.status == 75)
    #expect(refused.standardError.contains("moved by"))
    let forced = try shop.run(["undo", "2", "--layout", "L", "--force"])
    #expect(forced.status == 0)
    #expect(forced.standardError.contains("x had moved on to"))
    #expect(try shop.tags()["x"] == nil)
  }

  @Test func `an undone entry is written with its members in the usual order`() throws {
    let shop = try Workshop()
    try shop.succeed(["rm", "--image", "L:a"])
    try shop.succeed(["undo", "--layout", "L"])
    let index = String(decoding: try Files.read(shop.layout + "/index.json"), as: UTF8.self)
    let entry = try #require(index.split(separator: "{").first { $0.contains("\"size\"") })
    let order = ["\"mediaType\"", "\"digest\"", "\"size\""].compactMap {
      entry.firstRange(of: $0)?.lowerBound
    }
    #expect(order.count == 3 && order == order.sorted())
  }

  @Test func `revisions name earlier values wherever a tag is read`() throws {
    let shop = try Workshop()
    let before = try shop.tags()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    try shop.succeed(["tag", "--image", "L:b", "x"])
    try shop.succeed(["tag", "--image", "L:x@{1}", "y"])
    try shop.succeed(["tag", "--image", "L:x@{op:2}", "z"])
    #expect(try shop.tags()["y"] == before["a"])
    #expect(try shop.tags()["z"] == before["a"])
    let tooFar = try shop.run(["tag", "--image", "L:x@{99}", "w"])
    #expect(tooFar.status == 66)
    #expect(tooFar.standardError.hasPrefix("error: x@{99}: it has moved 2 times\n"))
    let absent = try shop.run(["tag", "--image", "L:x@{op:1}", "w"])
    #expect(absent.status == 66)
    #expect(absent.standardError.hasPrefix("error: x@{op:1}: the tag did not exist then\n"))
  }

  @Test func `expect makes each edit a compare-and-swap`() throws {
    let shop = try Workshop()
    let digest = try #require(try shop.tags()["b"]).description
    for command in [["tag", "--image", "L:a", "b"], ["new", "--image", "L:b"]] {
      let outcome = try shop.run(command + ["--expect", "none"])
      #expect(outcome.status == 75, "\(outcome)")
      #expect(outcome.standardError.contains("tag b is \(digest), not absent"))
    }
    try shop.succeed(["tag", "--image", "L:a", "b", "--expect", digest])
    #expect(try shop.run(["rm", "--image", "L:b", "--expect", digest]).status == 75)
  }

  @Test func `rm of a tag that is not there warns and succeeds`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "latest"])
    let outcome = try shop.run(["rm", "--image", "L:latset"])
    #expect(outcome.status == 0)
    #expect(
      outcome.standardError
        == "warning: there is no tag latset in L; did you mean latest?\n")
  }
}

extension Workshop {
  /// Runs another tool in the folder and expects it to succeed.
  @discardableResult
  func expectSuccess(
    of command: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try ExternalCommand.run(command, in: folder.path)
    #expect(outcome.status == 0, "\(command): \(outcome)", sourceLocation: sourceLocation)
    return outcome.standardOutput
  }
}
