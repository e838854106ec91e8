import Store
import TestSupport
import Testing

/// What is shown can be typed back, and what does not exist is told.
@Suite struct TypedBackTests {
  /// `x` is `a` since operation 2, `b` since 3, and gone since 4.
  private func history() throws -> Workshop {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    try shop.succeed(["tag", "--image", "L:b", "x"])
    try shop.succeed(["rm", "--image", "L:x"])
    return shop
  }

  @Test func `one grammar names operations in all commands`() throws {
    let shop = try history()
    let id = try #require(try shop.json(["show", "3", "--layout", "L"]).text("id"))
    for name in [
      "3", "op:3", id, String(id.prefix(8)), "@^", "@~1", "4^", "5~2^", "x@{1}", "x@{op:3}",
    ] {
      // There is no operation 5.
      let expected = name.hasPrefix("5") ? nil : "3"
      let shown = try shop.run(["show", name, "--layout", "L"])
      #expect(
        shown.standardOutput.hasPrefix("Operation:  3 ") == (expected != nil), "\(name): \(shown)")
      if expected == nil { continue }
      let listed = try shop.succeed(["ls", "--layout", "L", "--at-op", name])
      #expect(listed == "a\nb\nmulti\nx\n", "\(name)")
      let restored = try shop.succeed(["restore", "--to", name, "--layout", "L", "--dry-run"])
      #expect(restored.contains("x: none -> "), "\(name): \(restored)")
      let undone = try shop.run(["undo", name, "--layout", "L", "--dry-run"])
      #expect(undone.status == 75)
      #expect(
        undone.standardError.contains("operation 3 (tag) cannot be undone"), "\(name): \(undone)")
    }
    let states = [["2", "3"], ["3^", "3"], ["op:2", "op:3"], ["@~2", "@^"]]
    for state in states {
      let outcome = try shop.run(["diff", "--layout", "L"] + state)
      #expect(outcome.status == 1)
      #expect(outcome.standardOutput.contains("x"), "\(state): \(outcome)")
    }
    #expect(try shop.run(["diff", "--layout", "L", "1^", "1"]).status == 1)
    #expect(try shop.run(["stat", "--image", "L:x@{op:3^}"]).status == 0)
    #expect(try shop.run(["show", "1^", "--layout", "L"]).status == 66)
  }

  @Test func `a tag that looks like an operation is a tag`() throws {
    let shop = try history()
    try shop.succeed(["tag", "--image", "L:a", "2"])
    #expect(try shop.run(["diff", "--layout", "L", "2", "a"]).status == 0)
    #expect(try shop.run(["diff", "--layout", "L", "op:2", "a"]).status == 64)
  }

  @Test func `redo takes an undo, or what is undone`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    try shop.succeed(["undo", "--layout", "L"])
    try shop.succeed(["tag", "--image", "L:a", "y"])
    let neither = try shop.run(["redo", "4", "--layout", "L"])
    #expect(neither.status == 66)
    #expect(neither.standardError.contains("operation 4 (tag) is not undone"))
    try shop.succeed(["redo", "2", "--layout", "L"])
    #expect(try shop.tags()["x"] != nil)
  }

  @Test func `the time that log shows leads to that operation`() throws {
    let shop = try history()
    let lines = try shop.succeed(["log", "--layout", "L"]).split(separator: "\n")
    let time = try #require(lines.first?.split(separator: " ").first { $0.hasSuffix("Z") })
    let restored = try shop.succeed(
      ["restore", "--to", String(time), "--layout", "L", "--dry-run"])
    #expect(restored.contains("everything is as it was after operation 4"), "\(restored)")
    for word in ["now", "today", "0s", "last.week"] {
      let outcome = try shop.run(["restore", "--to", word, "--layout", "L", "--dry-run"])
      #expect(outcome.status == (word == "last.week" ? 66 : 0), "\(word): \(outcome)")
    }
    #expect(try shop.json(["log", "--layout", "L", "--since", "1h"]).count("operations") == 4)
  }

  @Test func `names that do not exist are told`() throws {
    let shop = try history()
    let restored = try shop.run(["restore", "--to", "1", "--tag", "nosuch", "--layout", "L"])
    #expect(restored.status == 66)
    #expect(restored.standardError.contains("tag not found: nosuch"))
    // A tag of the past is no mistake.
    try shop.succeed(["restore", "--to", "1", "--tag", "x", "--layout", "L"])
    let tag = try shop.run(["log", "--tag", "mult", "--layout", "L"])
    #expect(tag.status == 0 && tag.standardOutput == "")
    #expect(tag.standardError.contains("no operation has changed a tag mult; did you mean multi?"))
    let user = try shop.run(["log", "--who", "nobody99", "--layout", "L"])
    #expect(user.standardError.contains("no operation is by a user nobody99"))
    for command in [["log"], ["audit", "export"]] {
      let kind = try shop.run(command + ["--kind", "bogus", "--layout", "L"])
      #expect(kind.status == 64)
      #expect(kind.standardError.contains("the kinds are init, adopt"), "\(kind)")
    }
    let kinds = try shop.json(["log", "--kind", "rm,adopt", "--layout", "L"])
    #expect(kinds.count("operations") == 2)
  }
}
