import Store
import TestSupport
import Testing

/// What must leave no trace: reading, dry runs and refused commands.
@Suite struct ReadOnlyTests {
  static let dryRuns: [[String]] = [
    ["new", "--image", "L:x"], ["tag", "--image", "L:a", "x"], ["rm", "--image", "L:a"],
    ["init", "--layout", "M"], ["batch", "--layout", "L"],
    ["settings", "set", "foreign", "refuse", "--layout", "L"],
    ["settings", "unset", "foreign", "--layout", "L"], ["recover", "--layout", "L"],
  ]

  @Test(arguments: dryRuns)
  func `a dry run creates nothing, not even a journal`(command: [String]) throws {
    let shop = try Workshop()
    let before = try shop.listing()
    try shop.succeed(command + ["--dry-run"], input: "tag a x\nrm b\n")
    try shop.json(command + ["--dry-run"], input: "tag a x\nrm b\n")
    #expect(try shop.listing() == before)
  }

  @Test(arguments: [["undo"], ["undo", "2", "--force"], ["redo"], ["restore", "--to", "1"]])
  func `a dry run of going back changes nothing`(command: [String]) throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    try shop.succeed(["tag", "--image", "L:b", "x"])
    if command == ["redo"] { try shop.succeed(["undo", "--layout", "L"]) }
    let before = try shop.listing()
    let text = try shop.succeed(command + ["--layout", "L", "--dry-run"])
    #expect(text.hasPrefix("would change:\n  x: "))
    #expect(
      try shop.json(command + ["--layout", "L", "--dry-run"]).text("outcome") == "planned")
    #expect(try shop.listing() == before)
  }

  @Test func `reading commands create nothing, with and without a history`() throws {
    let shop = try Workshop()
    for hasHistory in [false, true] {
      if hasHistory { try shop.succeed(["tag", "--image", "L:a", "x"]) }
      let before = try shop.listing()
      for command in [["ls"], ["log"], ["status"], ["settings", "list"]] {
        try shop.succeed(command + ["--layout", "L"])
        try shop.json(command + ["--layout", "L"])
      }
      #expect(try shop.listing() == before)
    }
  }

  /// Each command with three wrong inputs, and what is said about them.
  static let mistakes: [([String], Int32, String)] = [
    (["init", "--layout", "L"], 73, "L"), (["init"], 64, "--layout"),
    (["init", "--layout", "a:b"], 64, "colon"),
    (["new", "--image", "N:x"], 66, "no image layout at N"), (["new"], 64, "--image"),
    (["new", "--image", "L:a b"], 64, "not a valid reference name"),
    (["tag", "--image", "L:aa", "x"], 66, "did you mean a"),
    (["tag", "--image", "L:a"], 64, "<new-tag>"),
    (["tag", "--image", "L:a@{9}", "x"], 66, "L has no history yet"),
    (["rm", "--image", "L:a@{1}"], 64, "earlier value"), (["rm"], 64, "--image"),
    (["rm", "--image", "L:a", "--expect", "none"], 75, "not absent"),
    (["ls"], 64, "--layout"), (["ls", "--layout", "N"], 66, "no image layout"),
    (["ls", "--layout", "L", "--at-op", "1"], 66, "no history"),
    (["log", "--layout", "L", "--limit", "x"], 64, "--limit"),
    (["log", "--layout", "L", "--since", "x"], 64, "--since"),
    (["log", "--layout", "N"], 66, "no image layout"),
    (["show", "--layout", "L"], 66, "no history"), (["show", "x y"], 64, "no operation"),
    (["show", "1", "2"], 64, "unexpected argument '2'"),
    (["undo", "--layout", "L"], 66, "no history"), (["undo", "latest"], 64, "no operation"),
    (["undo", "--layout", "N"], 66, "no image layout"),
    (["redo", "--layout", "L"], 66, "no history"), (["redo", "latest"], 64, "no operation"),
    (["redo", "--layout", "N"], 66, "no image layout"),
    (["restore", "--layout", "L"], 64, "--to"),
    (["restore", "--layout", "L", "--to", "1"], 66, "no history"),
    (["restore", "--layout", "L", "--to", "2026-99-99"], 64, "neither an operation nor a time"),
    (["recover", "--layout", "N"], 66, "no image layout"),
    (["recover", "--adopt", "--accept-index"], 64, "exclude"),
    (["recover", "--lock-timeout", "x"], 64, "seconds"),
    (["status", "--layout", "N"], 66, "no image layout"), (["status", "x"], 64, "unexpected"),
    (["status", "--layout", ""], 64, "empty"),
    (["batch", "--layout", "N"], 66, "no image layout"),
    (["batch", "--layout", "L", "none.txt"], 66, "none.txt"),
    (["batch", "--layout", "L", "L"], 74, "L"),
    (["exec", "--layout", "L"], 64, "no tool to run"),
    (["exec", "--layout", "L", "--", "true"], 64, "{}"),
    (["exec", "--layout", "N", "--", "true", "{}"], 66, "no image layout"),
    (["settings", "get", "color", "--layout", "L"], 64, "the settings are: foreign"),
    (["settings", "set", "foreign", "x", "--layout", "L"], 64, "it takes: heal, adopt, refuse"),
    (["settings", "unset", "--layout", "L"], 64, "name"),
    (["settings", "set", "foreign", "heal", "--layout", "N"], 66, "no image layout"),
  ]

  @Test func `mistakes are told in one error each and change nothing`() throws {
    for (command, status, message) in Self.mistakes {
      let shop = try Workshop()
      let before = try shop.images()
      let outcome = try shop.run(command)
      #expect(outcome.status == status, "\(command): \(outcome)")
      #expect(outcome.standardOutput == "", "\(command)")
      #expect(outcome.standardError.hasPrefix("error: "), "\(command): \(outcome)")
      #expect(outcome.standardError.contains(message), "\(command): \(outcome)")
      #expect(try shop.images() == before, "\(command)")
    }
  }

  @Test(.enabled(if: Requirement.root.isMet, "needs a second user, and so root"))
  func `another user's layout can be read in every way and not be written`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    try shop.expectSuccess(of: ["chmod", "-R", "a+rX,go-w", "."])
    let before = try shop.listing()
    // The program may be where another user cannot look.
    let program = shop.folder("program")
    try shop.expectSuccess(of: ["cp", TraceRecorder.built("umoci-tx"), program])
    func nobody(_ words: [String]) throws -> ExternalCommand.Outcome {
      try ExternalCommand.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program] + words,
        in: shop.folder.path)
    }
    for command in [["ls"], ["log"], ["status"], ["show"], ["settings", "list"]] {
      let outcome = try nobody(command + ["--layout", "L"])
      #expect(outcome.status == 0, "\(command): \(outcome)")
    }
    for command in [["tag", "--image", "L:a", "y"], ["new", "--image", "L:y"]] {
      let outcome = try nobody(command)
      #expect(outcome.status == 77, "\(command): \(outcome)")
    }
    try Files.remove(program)
    #expect(try shop.listing() == before)
  }
}
