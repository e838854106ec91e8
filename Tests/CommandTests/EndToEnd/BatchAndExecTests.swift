import Store
import TestSupport
import Testing

/// Many edits as one operation, and other tools' work as one operation.
@Suite struct BatchAndExecTests {
  @Test func `a batch is one operation, and its lines see each other`() throws {
    let shop = try Workshop()
    let before = try shop.tags()
    let text = """
      # comment\r
      tag a 'stable'   # another

      \ttag "stable" next\\ # escaped space? no: a tag cannot have one
      """
    #expect(try shop.run(["batch", "--layout", "L"], input: text).status == 64)
    let edits = "tag a 'stable' # x\n\ntag \"stable\" next --expect none\r\nrm b\nnew b\nrm stable"
    let answer = try shop.json(["batch", "--layout", "L", "-m", "all"], input: edits)
    #expect(answer.text("operation", "kind") == "batch")
    #expect(answer.count("operation", "edits") == 2)
    #expect(try shop.tags()["next"] == before["a"])
    #expect(try shop.tags()["b"] != before["b"])
    try shop.succeed(["undo", "--layout", "L"])
    #expect(try shop.tags() == before)
    #expect(shop.findings().isEmpty)
  }

  @Test(arguments: [
    ("tag a x\nfoo b", 64, "stdin:2: a batch has no command \"foo\""),
    ("tga a b", 64, "did you mean tag?"), ("tag a", 64, "stdin:1: missing mandatory argument"),
    ("tag a b c", 64, "unexpected argument 'c'"), ("tag a x\ntag a x y", 64, "argument 'y'"),
    ("tag a x\ntag a", 64, "stdin:2: missing mandatory argument"), ("rm b\nrm b x", 64, "'x'"),
    ("rm b\nrm .a", 64, "stdin:2: invalid tag"), ("tag a x\ntag a .y", 64, "invalid new tag"),
    ("rm \"a", 64, "quote \" is never closed"),
    ("rm a\\", 64, "ends in a backslash"), ("rm a --json", 64, "--json cannot stand"),
    ("rm a -m x", 64, "holds for all lines"), ("rm --image L:a", 64, "named once"),
    ("rm", 64, "missing mandatory argument: <tag>"), ("rm .a", 64, "invalid tag"),
    ("rm a@{1}", 64, "earlier value"), ("rm a --help", 64, "cannot ask for help"),
    ("new x\ntag zz b", 66, "stdin:2: tag not found: zz"),
    ("new x\nnew x --expect none", 75, "stdin:2: tag x is"),
    ("tag a@{9} b", 66, "stdin:1: L has no history yet"),
    ("new x\n\0", 64, "stdin:2: a NUL byte"), ("undo", 64, "there are: new, tag, remove, rm"),
  ])
  func `a wrong line is named, and nothing of the batch happens`(
    text: String, status: Int32, message: String
  ) throws {
    let shop = try Workshop()
    let before = try shop.tags()
    let outcome = try shop.run(["batch", "--layout", "L"], input: text)
    #expect(outcome.status == status, "\(outcome)")
    #expect(outcome.standardError.contains(message), "\(outcome)")
    #expect(try shop.tags() == before)
  }

  @Test(arguments: ["", "tag a ", "tag a '"])
  func `a line as long as a batch may be is read in no time`(beginning: String) throws {
    let shop = try Workshop()
    let line = beginning + String(repeating: "a", count: 3 << 20)
    let outcome = try shop.run(["batch", "--layout", "L"], input: line, timeout: 60)
    // A tag may be as long as it likes.
    #expect(
      outcome.status == (beginning == "tag a " ? 0 : 64), "\(outcome.standardError.prefix(200))")
  }

  @Test func `a batch comes from a file too, and an empty one is nothing to do`() throws {
    let shop = try Workshop()
    try Files.write("\n# nothing\n", to: shop.folder("edits"))
    let before = try shop.listing()
    let answer = try shop.json(["batch", "--layout", "L", "edits"])
    #expect(answer.text("outcome") == "unchanged")
    try Files.write([UInt8]("new x\nrm ".utf8) + [0xff, 0x0a], to: shop.folder("edits"))
    let outcome = try shop.run(["batch", "--layout", "L", "edits"])
    #expect(outcome.standardError.hasPrefix("error: edits:2: this is no UTF-8 text\n"))
    try Files.remove(shop.folder("edits"))
    #expect(try shop.listing() == before.filter { !$0.contains("edits") })
  }

  @Test func `a batch has limits`() throws {
    let shop = try Workshop()
    let lines = String(repeating: "\n", count: 10_001)
    #expect(try shop.run(["batch", "--layout", "L"], input: lines).status == 64)
    let zeros = try ExternalCommand.run(
      [TraceRecorder.built("umoci-tx"), "batch", "--layout", "L", "/dev/zero"],
      in: shop.folder.path)
    #expect(zeros.standardError.hasPrefix("error: /dev/zero is larger than"))
  }

  @Test func `an earlier line counts as a move of its tag`() throws {
    let shop = try Workshop()
    let before = try shop.tags()
    try shop.succeed(["tag", "--image", "L:a", "latest"])
    try shop.succeed(
      ["batch", "--layout", "L"], input: "tag b latest\ntag latest@{1} previous\n")
    #expect(try shop.tags()["latest"] == before["b"])
    #expect(try shop.tags()["previous"] == before["a"])
  }

  @Test func `many lines are one operation`() throws {
    let shop = try Workshop()
    let lines = (0..<100).map { "tag a t\($0)\n" }.joined()
    let answer = try shop.json(["batch", "--layout", "L"], input: lines)
    #expect(answer.count("operation", "edits") == 100)
    #expect(shop.findings().isEmpty)
  }

  @Test(.enabled(if: Requirement.umoci.isMet, "umoci is not installed"))
  func `exec takes over what a tool did, as one operation that undo takes back`() throws {
    let shop = try Workshop()
    let before = try shop.tags()
    let script = "echo chatter; umoci new --image \"$0:n1\" && umoci tag --image \"$0:a\" n2"
    let answer = try shop.json(["exec", "--layout", "L", "--", "sh", "-c", script, "{}"])
    #expect(answer.text("operation", "kind") == "exec")
    #expect(answer.count("operation", "edits") == 2)
    #expect(try shop.tags()["n2"] == before["a"])
    #expect(shop.findings().isEmpty)
    try shop.succeed(["undo", "--layout", "L"])
    #expect(try shop.tags() == before)
  }

  @Test(arguments: [
    (["sh", "-c", "echo oops >&2; exit 42", "{}"], Int32(42), "oops\nerror: sh exited with 42"),
    (["sh", "-c", "kill -9 $$", "{}"], 137, "error: sh exited with 137"),
    (["no-such-tool", "{}"], 66, "error: cannot run no-such-tool"),
    (["/", "{}"], 77, "error: cannot run /"),
    (["sh", "-c", "echo '{}' > $0/index.json", "{}"], 65, "error: the tool left no usable"),
  ])
  func `a tool that fails changes nothing and passes its status on`(
    tool: [String], status: Int32, message: String
  ) throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    let before = try shop.images()
    let outcome = try shop.run(["exec", "--layout", "L", "--"] + tool)
    #expect(outcome.status == status, "\(outcome)")
    #expect(outcome.standardError.contains(message), "\(outcome)")
    #expect(try shop.images() == before)
    #expect(try shop.succeed(["status", "--layout", "L"]).contains("Interrupted:    nothing"))
  }

  @Test func `settings are set, told and unset`() throws {
    let shop = try Workshop()
    #expect(try shop.succeed(["settings", "get", "foreign", "--layout", "L"]) == "heal\n")
    try shop.succeed(["settings", "set", "foreign", "refuse", "--layout", "L"])
    #expect(try shop.succeed(["settings", "get", "foreign", "--layout", "L"]) == "refuse\n")
    let list = try shop.succeed(["settings", "--layout", "L"])
    #expect(list.hasPrefix("foreign = refuse\n"))
    #expect(try shop.json(["settings", "list", "--layout", "L"]).count("settings") == 4)
    let answer = try shop.json(["settings", "unset", "foreign", "--layout", "L"])
    #expect(answer.text("setting", "value") == "heal")
    #expect(
      try shop.json(["settings", "unset", "foreign", "--layout", "L"]).text("outcome")
        == "unchanged")
  }

  @Test func `settings are told while index json is gone`() throws {
    let shop = try Workshop()
    try shop.succeed(["settings", "set", "foreign", "refuse", "--layout", "L"])
    try Files.remove(shop.layout + "/index.json")
    #expect(try shop.succeed(["settings", "get", "foreign", "--layout", "L"]) == "refuse\n")
    #expect(try shop.succeed(["settings", "list", "--layout", "L"]).contains("refuse"))
    #expect(try shop.run(["settings", "list", "--layout", "nowhere"]).status == 66)
  }

  @Test func `a change of a setting is told as any other operation`() throws {
    let shop = try Workshop()
    let set = ["settings", "set", "undo-days", "7", "--layout", "L", "-m", "short"]
    let line = "undo-days: 30 (default) -> 7"
    #expect(try shop.succeed(set + ["--dry-run"]) == "would change:\n  \(line)\n")
    let planned = try shop.json(set + ["--dry-run"])
    #expect(planned.text("outcome") == "planned" && planned.count("settings") == 1)
    #expect(!Files.exists(shop.layout + "/.ocitx"))
    let done = try shop.json(set)
    #expect(done.text("operation", "kind") == "settings" && done.text("setting", "value") == "7")
    #expect(try shop.json(set).text("outcome") == "unchanged")
    let log = try shop.succeed(["log", "--kind", "settings", "--layout", "L"])
    #expect(log.hasSuffix("settings  \(line)  \"short\"\n"))
    #expect(try shop.succeed(["show", "--layout", "L"]).contains("Settings:   \(line)\n"))
    #expect(
      try shop.succeed(["audit", "export", "--layout", "L"])
        .contains(#""settings":[{"after":"7","name":"undo-days"}]"#))
    let undone = try shop.succeed(["undo", "--layout", "L"])
    #expect(undone.hasSuffix("\n  undo-days: 7 -> 30 (default)\n"))
    try shop.succeed(["redo", "--layout", "L"])
    try shop.succeed(["settings", "set", "undo-days", "8", "--layout", "L"])
    let refused = try shop.run(["undo", "2", "--layout", "L"])
    #expect(refused.status == 75)
    #expect(refused.standardError.contains("setting undo-days has been set since"))
    let forced = try shop.run(["undo", "2", "--force", "--layout", "L"])
    #expect(forced.status == 0 && forced.standardError.contains("had been set to 8 since"))
    #expect(shop.findings().isEmpty)
  }

  @Test func `a foreign change does not stop who ends the setting refuse`() throws {
    let shop = try Workshop()
    try shop.succeed(["settings", "set", "foreign", "refuse", "--layout", "L"])
    let index = shop.layout + "/index.json"
    let old = try Files.read(index)
    try shop.succeed(["tag", "--image", "L:a", "t"])
    try Files.write(old, to: index)
    #expect(try shop.run(["undo", "--layout", "L"]).status == 76)
    try shop.succeed(["settings", "unset", "foreign", "--layout", "L"])
    #expect(try shop.tags()["t"] != nil)
  }
}
