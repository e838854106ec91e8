import Store
import TestSupport
import Testing

/// The built program: `verify`, `audit` and `who`.
@Suite struct VerifyCommandTests {
  private func managed() throws -> Workshop {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x", "-m", "the reason"])
    return shop
  }

  /// The path of the file of a tag's manifest.
  private func manifest(_ tag: String, _ shop: Workshop) throws -> String {
    let digest = try #require(try shop.tags()[tag])
    return shop.layout + "/blobs/" + BlobStore.relativePath(of: digest)
  }

  private func damage(_ path: String) throws {
    var bytes = try Files.read(path)
    bytes[bytes.count / 2] ^= 1
    try Files.write(bytes, to: path)
  }

  @Test func `a sound layout has status 0 and a summary, and reading creates nothing`() throws {
    let shop = try Workshop()
    let before = try shop.listing()
    for arguments in [[], ["--json"], ["--image", "L:multi"]] {
      let place = arguments.contains("--image") ? [] : ["--layout", "L"]
      let outcome = try shop.run(["verify"] + place + arguments)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.standardError == "")
      #expect(outcome.standardOutput.contains("sound"))
    }
    #expect(try shop.listing() == before)
    let answer = try shop.json(["verify", "--layout", "L"])
    #expect(answer.count("findings") == 0)
    #expect(answer["checked"]?.objectValue?["entries"]?.integerValue == 3)
  }

  @Test func `a finding has its code, its digest, its tag and status 65`() throws {
    let shop = try managed()
    try damage(manifest("a", shop))
    let digest = try #require(try shop.tags()["a"])
    let outcome = try shop.run(["verify", "--layout", "L"])
    #expect(outcome.status == 65)
    #expect(outcome.standardOutput.hasPrefix("blob-digest: \(digest): its content is sha256:"))
    #expect(outcome.standardOutput.contains("(in a, x)"))
    #expect(outcome.standardOutput.contains("1 finding: "))
    #expect(outcome.standardOutput.contains("hint: `umoci-tx verify --repair --layout L`"))
    let one = try shop.run(["verify", "--image", "L:b"])
    #expect(one.status == 0, "\(one)")
    #expect(try shop.run(["verify", "--image", "L:x"]).status == 65)
    let json = try shop.run(["verify", "--layout", "L", "--json"])
    #expect(json.status == 65)
    #expect(json.standardOutput.contains(#""code":"blob-digest","subject":"\#(digest)""#))
  }

  @Test func `a finding names all tags that need it`() throws {
    let shop = try managed()
    for tag in ["c", "d", "e"] { try shop.succeed(["tag", "--image", "L:a", tag]) }
    let layer = Digest.sha256(of: Array("first".utf8))
    try damage(shop.layout + "/blobs/sha256/" + layer.encoded)
    let outcome = try shop.run(["verify", "--layout", "L"])
    #expect(outcome.standardOutput.contains("\(layer)"), "\(outcome)")
    #expect(outcome.standardOutput.contains("(in a, x, c and 2 more)"), "\(outcome)")
    let json = try shop.run(["verify", "--layout", "L", "--json"]).standardOutput
    #expect(json.contains(#""tags":["a","x","c","d","e"]"#), "\(json)")
    let repaired = try shop.run(["verify", "--layout", "L", "--repair"])
    #expect(
      repaired.standardOutput.contains("copy the image again for a, c, d, e, x,"), "\(repaired)")
  }

  @Test func `a dry repair says what has no good copy, and what of the journal it would mend`()
    throws
  {
    let shop = try managed()
    let layer = Digest.sha256(of: Array("first".utf8))
    for folder in ["/blobs/sha256/", "/.ocitx/keep/sha256/"] {
      try Files.remove(shop.layout + folder + layer.encoded)
    }
    let records = shop.layout + "/.ocitx/ops/"
    let record = try #require(try Files.names(in: records).first)
    try Files.remove(records + record)
    let before = try shop.listing()
    let plan = try shop.run(["verify", "--layout", "L", "--repair", "--dry-run"])
    #expect(plan.status == 65)
    #expect(plan.standardOutput.contains("no good copy of \(layer)\n"), "\(plan)")
    #expect(plan.standardOutput.contains("would mend record-file-missing: "), "\(plan)")
    #expect(try shop.listing() == before)
  }

  @Test(arguments: [["oci-layout"], ["index.json"], ["oci-layout", "index.json"]])
  func `a dry repair of a layout that cannot be opened says so`(gone: [String]) throws {
    let shop = try managed()
    for name in gone { try Files.remove(shop.layout + "/" + name) }
    let before = try shop.listing()
    let plan = try shop.run(["verify", "--layout", "L", "--repair", "--dry-run"])
    #expect(plan.status == 65, "\(plan)")
    for (name, code) in [("oci-layout", "layout-invalid"), ("index.json", "index-invalid")] {
      let isTold = plan.standardOutput.contains("would mend \(code): ")
      #expect(isTold == (gone == [name] || gone.count == 2), "\(code): \(plan)")
    }
    #expect(try shop.listing() == before)
  }

  @Test func `what a document refers to is not called unreferenced while it cannot be read`() throws
  {
    let shop = try managed()
    try Files.remove(manifest("a", shop))
    try Files.remove(shop.layout + "/.ocitx/journal.db")
    let outcome = try shop.run(["verify", "--layout", "L"])
    #expect(outcome.standardOutput.contains("blob-missing: "), "\(outcome)")
    #expect(!outcome.standardOutput.contains("blob-unreferenced"), "\(outcome)")
  }

  @Test(arguments: [5, 8, 12, 16, 20, 26, 32, 40]) func `too few open files are no damage`(
    limit: Int
  ) throws {
    let shop = try managed()
    for command in [
      ["verify", "--layout", "L"], ["audit", "verify", "--layout", "L"],
      ["audit", "head", "--layout", "L"],
    ] {
      let outcome = try ExternalCommand.run(
        ["sh", "-c", "ulimit -n \(limit) && exec \"$@\"", "sh", TraceRecorder.built("umoci-tx")]
          + command, in: shop.folder.path)
      // Below that no program starts: the loader needs files as well.
      if limit < 5, outcome.status == 127 { continue }
      #expect([0, 74].contains(outcome.status), "\(command): \(outcome)")
      #expect(outcome.status == 0 || outcome.standardError.contains("Too many open files"))
    }
  }

  @Test func `repair says what it did, and the history has it`() throws {
    let shop = try managed()
    try damage(manifest("a", shop))
    let plan = try shop.run(["verify", "--layout", "L", "--repair", "--dry-run"])
    #expect(plan.status == 65)
    #expect(plan.standardOutput.contains("would restore sha256:"))
    let before = try shop.listing()
    let repaired = try shop.run(["verify", "--layout", "L", "--repair", "-m", "disk"])
    #expect(repaired.status == 0, "\(repaired)")
    #expect(repaired.standardOutput.contains("from database\noperation 3 "))
    #expect(try shop.listing() != before)
    let show = try shop.json(["show", "3", "--layout", "L"])
    #expect(show.text("kind") == "repair")
    #expect(show.text("who", "message") == "disk")
    #expect(shop.findings().isEmpty)
  }

  @Test func `what cannot be mended is said with what to do next`() throws {
    let shop = try managed()
    let layer = Digest.sha256(of: Array("first".utf8)).encoded
    for folder in ["/blobs/sha256/", "/.ocitx/keep/sha256/"] {
      try Files.remove(shop.layout + folder + layer)
    }
    let outcome = try shop.run(["verify", "--layout", "L", "--repair"])
    #expect(outcome.status == 65)
    #expect(outcome.standardOutput.contains("blob-missing: sha256:\(layer)"))
    #expect(outcome.standardOutput.contains("hint: copy the image again for "))
    let removed = try shop.run(
      ["verify", "--layout", "L", "--repair", "--remove-tag", "a", "--remove-tag", "x"])
    #expect(removed.status == 0, "\(removed)")
    #expect(try Set(shop.tags().keys) == ["b", "multi"])
    let refused = try shop.run(["verify", "--layout", "L", "--repair", "--remove-tag", "b"])
    #expect(refused.status == 64)
    #expect(refused.standardError.contains("tag b is whole"))
    let unknown = try shop.run(["verify", "--layout", "L", "--repair", "--remove-tag", "mult"])
    #expect(unknown.status == 66, "\(unknown)")
    #expect(unknown.standardError.contains("did you mean multi?"), "\(unknown)")
    #expect(try shop.tags()["b"] != nil)
  }

  @Test(arguments: [
    ["verify", "--layout", "L", "--remove-tag", "a"], ["verify", "--layout", "L", "--dry-run"],
    ["verify", "--layout", "L", "--image", "L:a"], ["verify", "--image", "L:a", "--repair"],
    ["audit", "verify", "--layout", "L", "--head", "abc"], ["who", "--layout", "L"],
  ])
  func `options that do not go together are refused`(arguments: [String]) throws {
    let shop = try managed()
    let before = try shop.listing()
    let outcome = try shop.run(arguments)
    #expect(outcome.status == 64, "\(outcome)")
    #expect(try shop.listing() == before)
  }

  @Test func `a path that is no layout is an error or a finding`() throws {
    let shop = try managed()
    #expect(try shop.run(["verify", "--layout", "nothing"]).status == 66)
    try Files.write("{}", to: shop.layout + "/oci-layout")
    let outcome = try shop.run(["verify", "--layout", "L"])
    #expect(outcome.status == 65)
    #expect(outcome.standardOutput.hasPrefix("layout-invalid: L: "))
    #expect(try shop.run(["verify", "--layout", "L", "--repair"]).status == 0)
  }

  @Test(.enabled(if: Requirement.umoci.isMet, "umoci is not installed"))
  func `a layout of another tool is verified like ours`() throws {
    let shop = try Workshop(withLayout: false)
    try shop.expectSuccess(of: ["umoci", "init", "--layout", "L"])
    try shop.expectSuccess(of: ["umoci", "new", "--image", "L:theirs"])
    #expect(try shop.succeed(["verify", "--deep", "--layout", "L"]).hasPrefix("sound: "))
    try shop.succeed(["tag", "--image", "L:theirs", "ours"])
    try shop.expectSuccess(of: ["umoci", "tag", "--image", "L:theirs", "more"])
    let drifted = try shop.run(["verify", "--layout", "L"])
    #expect(drifted.status == 65)
    #expect(drifted.standardOutput.contains("index-unrecorded: index.json: "))
    try shop.succeed(["recover", "--layout", "L"])
    try shop.succeed(["verify", "--layout", "L"])
    #expect(try shop.succeed(["who", "--layout", "L", "more"]).contains("another tool, as "))
  }

  @Test func `the head, the export and the audit fit together`() throws {
    let shop = try managed()
    let head = try shop.succeed(["audit", "head", "--layout", "L"]).dropLast()
    let lines = try shop.succeed(["audit", "export", "--layout", "L"]).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.last?.hasPrefix(#"{"hash":"sha256:\#(head)","record":{"#) == true)
    try shop.succeed(["tag", "--image", "L:b", "y"])
    try shop.succeed(["audit", "verify", "--layout", "L", "--head", String(head)])
    let record = try #require(try Files.names(in: shop.layout + "/.ocitx/ops").first)
    try damage(shop.layout + "/.ocitx/ops/" + record)
    let broken = try shop.run(["audit", "verify", "--layout", "L"])
    #expect(broken.status == 65)
    #expect(broken.standardOutput.hasPrefix("first break: record-"), "\(broken)")
    // Told once.
    #expect(
      broken.standardOutput.split(separator: "\n").count { $0.contains("ops/\(record): ") } == 1)
    #expect(try shop.run(["audit", "head", "--layout", "L"]).status == 65)
    let kinds = try shop.succeed(["audit", "export", "--layout", "L", "--kind", "adopt"])
    #expect(kinds.split(separator: "\n").count == 1)
  }

  @Test func `who moved a tag is told in full`() throws {
    let shop = try managed()
    try shop.succeed(["tag", "--image", "L:b", "x"])
    let tags = try shop.tags()
    let answer = try shop.json(["who", "--layout", "L", "x"])
    #expect(answer.text("kind") == "tag")
    #expect(answer["seq"]?.integerValue == 3)
    #expect(answer["moved_since"] == .bool(false))
    let text = try shop.succeed(["who", "--layout", "L", "x"])
    let (a, b) = (try #require(tags["a"]), try #require(tags["b"]))
    #expect(text.contains("From:       \(a)\nTo:         \(b)\n"))
    try shop.succeed(["undo", "--layout", "L"])
    #expect(try shop.json(["who", "--layout", "L", "x"]).text("kind") == "undo")
    let missing = try shop.run(["who", "--layout", "L", "xx"])
    #expect(missing.status == 66)
    #expect(missing.standardError.contains("tag not found: xx"))
    #expect(try Workshop().run(["who", "--layout", "L", "a"]).status == 66)
  }

  @Test func `what was there before the history is nobody's`() throws {
    let shop = try managed()
    let text = try shop.succeed(["who", "--layout", "L", "a"])
    #expect(text.contains("unknown, before the history\n"))
    #expect(!text.contains("Command:"))
    let answer = try shop.json(["who", "--layout", "L", "a"])
    #expect(answer["user"] == .null)
    #expect(answer["host"] == .null)
  }

  @Test func `a lost history is told wherever somebody asks`() throws {
    let shop = try managed()
    let old = try shop.succeed(["audit", "head", "--layout", "L"]).dropLast()
    try Files.remove(shop.layout + "/.ocitx")
    let begun = try shop.run(["tag", "--image", "L:b", "y"])
    #expect(begun.status == 0)
    #expect(begun.standardError.contains("2 operations are lost: index.json was stamped 2:"))
    try shop.succeed(["tag", "--image", "L:b", "z"])
    let log = try shop.run(["log", "-n", "1", "--layout", "L"])
    #expect(log.standardError.contains("warning: 2 operations are lost"))
    #expect(try shop.succeed(["status", "--layout", "L"]).contains("2 operations are lost"))
    #expect(try shop.json(["status", "--layout", "L"]).text("lost_history", "stamp") != nil)
    #expect(
      try shop.succeed(["verify", "--layout", "L"]).contains("history-lost: operation 1: 2 oper"))
    let audit = try shop.run(["audit", "verify", "--layout", "L"])
    #expect(audit.status == 65)
    #expect(audit.standardOutput.contains("not whole, 2 operations are lost: 3 records"))
    let head = try shop.succeed(["audit", "head", "--layout", "L"]).dropLast()
    let known = try shop.succeed(["audit", "verify", "--layout", "L", "--head", String(head)])
    #expect(known.contains("note: history-lost") && known.contains("whole: 3 records"))
    #expect(
      try shop.run(["audit", "verify", "--layout", "L", "--head", String(old)]).status == 65)
  }

  /// Who moved a tag, when, from what to what, why, and what that changed.
  @Test func `log and show answer the other questions`() throws {
    let shop = try managed()
    let log = try shop.succeed(["log", "--layout", "L", "--tag", "x"])
    #expect(log.contains("x: none -> ") && log.contains("\"the reason\""))
    try shop.succeed(["config", "--image", "L:x", "--author", "somebody"])
    let show = try shop.succeed(["show", "--layout", "L"])
    #expect(show.contains("somebody") && show.contains("Time:") && show.contains("User:"))
  }

  @Test func `the log is narrowed by user and kind`() throws {
    let shop = try managed()
    try shop.succeed(["rm", "--image", "L:x"])
    func kinds(_ arguments: [String]) throws -> [String] {
      let answer = try shop.json(["log", "--layout", "L"] + arguments)
      return answer["operations"]?.arrayValue?.elements.compactMap {
        $0.objectValue?["kind"]?.stringValue
      } ?? []
    }
    #expect(try kinds(["--kind", "remove"]) == ["remove"])
    #expect(try kinds(["--kind", "remove", "--kind", "tag", "--limit", "1"]) == ["remove"])
    #expect(try kinds(["--kind", "tag", "--limit", "1"]) == ["tag"])
    #expect(try kinds(["--kind", "tag", "--tag", "x"]) == ["tag"])
    #expect(try kinds(["--who", "nobody-of-that-name"]) == [])
    let user = try #require(try shop.json(["log", "--layout", "L"])["operations"]?.arrayValue)
    let name = try #require(user.elements.first?.objectValue?["user"]?.stringValue)
    #expect(try kinds(["--who", name, "--kind", "tag"]) == ["tag"])
  }

  @Test func `an untrusted name moves no cursor and stays whole for scripts`() throws {
    let shop = try managed()
    let name = "x\u{1b}[2J"
    let index = String(decoding: try Files.read(shop.layout + "/index.json"), as: UTF8.self)
    let parts = index.split(separator: "\"x\"", omittingEmptySubsequences: false)
    try Files.write(
      parts.joined(separator: #""x\u001b[2J""#), to: shop.layout + "/index.json")
    try damage(manifest("a", shop))
    for arguments in [["verify"], ["log"], ["status"], ["audit", "verify"], ["recover"], ["log"]] {
      let outcome = try shop.run(arguments + ["--layout", "L"])
      #expect(!outcome.standardOutput.contains("\u{1b}"), "\(arguments)")
      #expect(!outcome.standardError.contains("\u{1b}"), "\(arguments)")
    }
    let json = try shop.run(["verify", "--layout", "L", "--json"]).standardOutput
    let root = try JSONDocument(parsing: Array(json.utf8), limits: .index, named: "json").root
    let notes = root.objectValue?["notes"]?.arrayValue?.elements ?? []
    #expect(notes.contains { $0.objectValue?["subject"]?.stringValue == name })
  }

  @Test func `recover writes a damaged format again, as its message says`() throws {
    let shop = try managed()
    let path = shop.layout + "/.ocitx/format"
    let good = try Files.read(path)
    try Files.write("damaged", to: path)
    let refused = try shop.run(["tag", "--image", "L:a", "y"])
    #expect(refused.status == 65)
    #expect(refused.standardError.contains("umoci-tx recover"))
    let outcome = try shop.run(["recover", "--layout", "L"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.standardOutput.contains(".ocitx/format was written again"))
    #expect(try Files.read(path) == good)
    try shop.succeed(["tag", "--image", "L:a", "y"])
  }

  @Test func `a layout without a journal is not promised a repair`() throws {
    let shop = try Workshop()
    try damage(manifest("a", shop))
    let outcome = try shop.run(["verify", "--layout", "L"])
    #expect(outcome.status == 65)
    #expect(!outcome.standardOutput.contains("--repair"))
    #expect(
      outcome.standardOutput.hasSuffix("docs/findings.md says for each code what can be done\n"))
  }
}
