import Store
import TestSupport
import Testing

/// `undo` and `redo` as people use them.
@Suite struct UndoTests {
  private func forgetful() throws -> Workshop {
    let shop = try Workshop()
    for name in ["undo-days", "undo-operations"] {
      try shop.succeed(["settings", "set", "--layout", "L", name, "0"])
    }
    try shop.succeed(["tag", "--image", "L:a", "t"])
    return shop
  }

  @Test func `undo takes back what a person did and no gc that ran since`() throws {
    let shop = try forgetful()
    try shop.succeed(["rm", "--image", "L:b"])
    try shop.succeed(["tag", "--image", "L:a", "u"])
    try shop.succeed(["gc", "--layout", "L", "--grace", "0s"])
    #expect(try shop.json(["log", "--layout", "L", "-n", "1", "--json"]).count("operations") == 1)
    let planned = try shop.succeed(["undo", "--layout", "L", "--dry-run"])
    #expect(planned.contains("u: "), "\(planned)")
    try shop.succeed(["undo", "--layout", "L"])
    #expect(try shop.tags()["u"] == nil)
  }

  @Test(arguments: [false, true])
  func `what is gone for good is passed over, told, and no dead end`(inTwoRuns: Bool) throws {
    let shop = try forgetful()
    try shop.succeed(["rm", "--image", "L:b"])
    if inTwoRuns { try shop.succeed(["gc", "--layout", "L", "--grace", "0s"]) }
    try shop.succeed(["gc", "--layout", "L", "--grace", "0s", "--prune"])
    let named = try shop.run(["undo", "5", "--layout", "L"])
    #expect(named.status == 66)
    #expect(
      named.standardError.contains("undoing operation 5 (remove) needs are gone"), "\(named)")
    let dryRun = try shop.run(["undo", "5", "--layout", "L", "--dry-run"])
    #expect(dryRun.status == 66)
    #expect(dryRun.standardError == named.standardError)
    for words in [["undo", "--dry-run"], ["undo"]] {
      let undone = try shop.run(words + ["--layout", "L"])
      #expect(undone.status == 0, "\(undone)")
      #expect(undone.standardError.contains("operation 5 (remove) cannot be taken back"))
    }
    #expect(try shop.tags()["t"] == nil)
    for _ in ["undo-operations", "undo-days"] { try shop.succeed(["undo", "--layout", "L"]) }
    let none = try shop.run(["undo", "--layout", "L"])
    #expect(none.status == 66)
    #expect(none.standardError.contains("what operation 5 (remove) would need is gone"))
    #expect(shop.findings().isEmpty)
  }

  /// Everything that was ever in the layout, gone for good; a tag `b` of `a` among it.
  private func emptied() throws -> Workshop {
    let shop = try Workshop(withLayout: false)
    try shop.succeed(["init", "--layout", "L"])
    try shop.succeed(["new", "--image", "L:a"])
    try shop.succeed(["tag", "--image", "L:a", "b"])
    for tag in ["a", "b"] { try shop.succeed(["rm", "--image", "L:\(tag)"]) }
    for name in ["undo-days", "undo-operations"] {
      try shop.succeed(["settings", "set", "--layout", "L", name, "0"])
    }
    try shop.succeed(["gc", "--layout", "L", "--grace", "0s", "--prune"])
    return shop
  }

  @Test func `what lies below something that is gone for good is nothing to undo`() throws {
    let shop = try emptied()
    // The two settings.
    for _ in 0..<2 { try shop.succeed(["undo", "--layout", "L"]) }
    for extra in [["--dry-run"], []] {
      let outcome = try shop.run(["undo", "--layout", "L"] + extra)
      #expect(outcome.status == 66, "\(outcome)")
      #expect(outcome.standardError.contains("nothing to undo"), "\(outcome)")
    }
  }

  @Test(arguments: [
    (["restore", "--layout", "L", "--to", "3"], "", "a"),
    (["tag", "--image", "L:a@{1}", "q"], "", "q"),
    (["batch", "--layout", "L"], "new n\ntag a@{1} q\n", "q"),
  ])
  func `a dry run misses what the run would miss, and names the same tag`(
    words: [String], input: String, tag: String
  ) throws {
    let shop = try emptied()
    let dryRun = try shop.run(words + ["--dry-run"], input: input)
    let done = try shop.run(words, input: input)
    #expect(done.status == 66, "\(done)")
    #expect(done.standardError.contains("that \(tag) needs are gone"), "\(done)")
    #expect(dryRun.status == done.status && dryRun.standardError == done.standardError)
  }

  @Test func `an entry whose image never was there comes back as it was`() throws {
    let shop = try Workshop()
    let index = shop.layout + "/index.json"
    let dangling = String(repeating: "0f", count: 32)
    let entry = """
      {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:\(dangling)","size":7,\
      "annotations":{"org.opencontainers.image.ref.name":"lost"}},
      """
    let text = String(decoding: try Files.read(index), as: UTF8.self)
    let start = try #require(text.firstIndex(of: "["))
    let whole = text[...start] + entry + text[text.index(after: start)...]
    try Files.write(Array(String(whole).utf8), to: index)
    try shop.succeed(["tag", "--image", "L:a", "t"])
    let before = try shop.tags()
    #expect(before["lost"] != nil)
    try shop.succeed(["rm", "--image", "L:lost"])
    for words in [["undo", "--dry-run"], ["undo"], ["redo"], ["undo", "3"]] {
      if words == ["undo", "3"] { try shop.succeed(["undo", "--layout", "L"]) }
      let outcome = try shop.run(words + ["--layout", "L"])
      #expect(outcome.status == (words == ["undo", "3"] ? 75 : 0), "\(words): \(outcome)")
    }
    #expect(try shop.tags() == before)
  }

  @Test func `a dry run knows what the run would make`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "t"])
    for words in [
      ["new", "--image", "L:n"], ["config", "--image", "L:a", "--author", "x"],
      ["insert", "--image", "L:a", "L/oci-layout", "/x"],
    ] {
      #expect(try !shop.succeed(words + ["--dry-run"]).isEmpty)
    }
    let batch = try shop.succeed(
      ["batch", "--layout", "L", "--dry-run"], input: "new n\nconfig n --author x\ntag n m\n")
    #expect(batch.contains("m: "), "\(batch)")
  }

  @Test func `undoing a gc whose trash is deleted says so in a dry run too`() throws {
    let shop = try forgetful()
    try shop.succeed(["rm", "--image", "L:b"])
    try shop.succeed(["gc", "--layout", "L", "--grace", "0s", "--prune"])
    let number = try #require(
      try shop.succeed(["log", "--layout", "L", "--kind", "gc"]).split(separator: " ").first)
    for extra in [["--dry-run"], []] {
      let outcome = try shop.run(["undo", String(number), "--layout", "L"] + extra)
      #expect(outcome.status == 66, "\(outcome)")
      #expect(outcome.standardError.contains("undoing operation \(number) (gc) needs are gone"))
    }
  }

  @Test func `an operation that is undone says by which`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "t"])
    try shop.succeed(["undo", "2", "--layout", "L"])
    for extra in [["--dry-run"], []] {
      let again = try shop.run(["undo", "2", "--layout", "L"] + extra)
      #expect(again.status == 75)
      let message = "operation 2 (tag) is undone already, by operation 3 (undo)"
      #expect(again.standardError.contains(message), "\(again)")
    }
  }

  @Test func `a value that was set again is a conflict with whoever set it`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "t"])
    try shop.succeed(["tag", "--image", "L:b", "t"])
    try shop.succeed(["tag", "--image", "L:a", "t"])
    for extra in [["--dry-run"], []] {
      let outcome = try shop.run(["undo", "2", "--layout", "L"] + extra)
      #expect(outcome.status == 75)
      let message = "operation 2 (tag) cannot be undone: tag t has been set since"
      #expect(outcome.standardError.contains(message))
      #expect(outcome.standardError.contains("(operation 4, "), "\(outcome)")
    }
    try shop.succeed(["undo", "2", "--force", "--layout", "L"])
    #expect(try shop.tags()["t"] == nil)
  }

  @Test func `redo ends with the undos of now`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "old"])
    try shop.succeed(["undo", "--layout", "L"])
    try shop.succeed(["tag", "--image", "L:a", "new"])
    try shop.succeed(["undo", "--layout", "L"])
    try shop.succeed(["redo", "--layout", "L"])
    let outcome = try shop.run(["redo", "--layout", "L"])
    #expect(outcome.status == 66)
    #expect(outcome.standardError.contains("nothing to redo"))
    #expect(try shop.tags()["old"] == nil)
    try shop.succeed(["undo", "3", "--layout", "L"])
    #expect(try shop.tags()["old"] != nil)
  }
}
