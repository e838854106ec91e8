import ArgumentParser
import Store
import TestSupport
import Testing

@testable import umoci_tx

/// A command in a message runs where it is pasted.
@Suite struct HintTests {
  private static let path = "some layout's"

  /// Command lines that fail, or that tell what to do next; `L` is the layout.
  private static let provoking: [[String]] = [
    ["tag", "--image", "L:a", "x", "--expect", "none"],
    ["tag", "--image", "L:nosuch", "y"], ["tag", "--image", "L:a"],
    ["stat", "--image", "N:a"], ["ls", "--layout", "N"], ["ls"],
    ["rm", "--image", "L:x@{1}"], ["rm", "--image", "L:x", "--expect", "no digest"],
    ["stat", "--image", "L:x@{9}"], ["stat", "--image", "L:x@{op:99}"],
    ["show", "--layout", "L", "99"], ["show", "--layout", "L", "x y"],
    ["undo", "--layout", "L", "1"], ["undo", "--layout", "L", "2"],
    ["undo", "--layout", "L", "99"], ["undo", "--layout", "L", "nosuch"],
    ["redo", "--layout", "L", "4"], ["restore", "--layout", "L", "--to", "nosuch"],
    ["restore", "--layout", "L"], ["diff", "--layout", "L", "op:1", "a"],
    ["who", "--layout", "L"], ["who", "--layout", "L", "nosuch"],
    ["batch", "--layout", "L", "batch"], ["exec", "--layout", "L"],
    ["status", "--layout", "L"], ["verify", "--layout", "L"], ["gc", "--layout", "L"],
    ["recover", "--layout", "L"], ["config", "--image", "L:a", "--patch", "nosuch"],
    ["settings", "set", "--layout", "L", "undo-days", "-1"], ["inspect"], ["cp"], ["lgo"],
    ["audit", "verify", "--layout", "L", "--head", "0"], ["unpack", "--image", "L:artifact", "b"],
    ["leases", "drop", "--layout", "L"], ["leases", "drop", "--layout", "L", "nosuch"],
    ["stat", "--image", "L@000000"], ["diff", "--layout", "L", "a", "000000"],
    ["rm", "--image", "L@000000"], ["tag", "L:a", "y"], ["stat", "L:a"],
    ["repack", "--image", "L:a", "nosuch"], ["log", "--layout", "L", "--kind", "bogus"],
  ]

  @Test func `every command in a message is one of ours, with the layout as it was typed`() throws {
    let shop = try Workshop()
    try shop.expectSuccess(of: ["mv", "L", Self.path])
    func run(_ words: [String]) throws -> ExternalCommand.Outcome {
      try shop.run(
        words.map { word in
          word == "L" ? Self.path : word.hasPrefix("L:") ? Self.path + word.dropFirst() : word
        })
    }
    try Files.write("tag a\n", to: shop.folder("batch"))
    for words in [
      ["tag", "--image", "L:a", "x"], ["tag", "--image", "L:b", "x"], ["rm", "--image", "L:b"],
      ["settings", "set", "--layout", "L", "undo-days", "0"],
      ["settings", "set", "--layout", "L", "undo-operations", "0"],
    ] { #expect(try run(words).status == 0) }
    #expect(try run(["gc", "--layout", "L", "--grace", "0s"]).status == 0)
    let index = shop.folder(Self.path) + "/index.json"
    var told = 0
    for round in 0..<2 {
      // The second time index.json is torn.
      if round == 1 { try Files.write(Array(Files.read(index).dropLast(9)), to: index) }
      for words in Self.provoking where round == 0 || !["recover", "gc"].contains(words[0]) {
        let outcome = try run(words)
        for command in CommandHints.commands(in: outcome.standardError + outcome.standardOutput) {
          told += 1
          check(command, of: words)
        }
      }
    }
    #expect(told > 30)
  }

  private func check(_ command: [String], of words: [String]) {
    let normal = CommandLineGrammar.normalize(Array(command.dropFirst())).command
    if !normal.contains("--help") {
      #expect(throws: Never.self, "\(words): \(command)") { try UmociTx.parseAsRoot(normal) }
    }
    guard words.contains(where: { $0 == "L" || $0.hasPrefix("L:") }), !normal.contains("--help"),
      let type = UmociTx.commands.command(normal[...])
    else { return }
    let usage = type.configuration.usage ?? ""
    guard usage.contains("<path") else { return }
    #expect(CommandHints(normal, UmociTx.commands).layout == Self.path, "\(words): \(command)")
  }

  @Test(arguments: [
    ("see `umoci-tx log`", "see `umoci-tx log --layout 'my app'`"),
    (
      "`umoci-tx undo 3 --force` or `umoci-tx redo`",
      "`umoci-tx undo 3 --force --layout 'my app'` or `umoci-tx redo --layout 'my app'`"
    ),
    ("`umoci-tx rm --image PATH:x`", "`umoci-tx rm --image 'my app:x'`"),
    ("`umoci-tx stat --image IMAGE`", "`umoci-tx stat --image 'my app:1'`"),
    ("`umoci-tx exec -- skopeo copy a b`", "`umoci-tx exec --layout 'my app' -- skopeo copy a b`"),
    ("`umoci-tx log --layout other`", "`umoci-tx log --layout other`"),
    (
      "`umoci-tx settings`, `umoci-tx batch --help`",
      "`umoci-tx settings --layout 'my app'`, `umoci-tx batch --help`"
    ),
    ("`--force`, a ` and `umoci-tx log", "`--force`, a ` and `umoci-tx log"),
    ("`umoci-tx log 'open`", "`umoci-tx log 'open`"),
    ("none", "none"),
  ])
  func `a command gets what was typed`(text: String, expected: String) {
    let hints = CommandHints(["stat", "--image=my app:1"], UmociTx.commands)
    #expect(hints.completed(text) == expected)
  }

  @Test func `the layout of an image that is named by its digest is found`() {
    let digest = String(repeating: "0f", count: 32)
    for image in ["my app@sha256:\(digest)", "my app@0f0f0f", "my app:@0f0f0f", "my app:1@{1}"] {
      let hints = CommandHints(["stat", "--image=\(image)"], UmociTx.commands)
      #expect(hints.completed("`umoci-tx leases`") == "`umoci-tx leases --layout 'my app'`")
      #expect(hints.completed("`umoci-tx rm --image PATH:x`") == "`umoci-tx rm --image 'my app:x'`")
    }
  }

  @Test func `in JSON a command has the path itself`() {
    let error = LayoutError.notFound(path: "a\u{1b}b")
    let hint = ErrorReport(error).json()["error"]?.objectValue?["hint"]?.stringValue
    #expect(hint == #"create one with `umoci-tx init --layout $'a\x1bb'`"#)
  }

  @Test func `without a layout only commands that cannot do without one get the folder`() {
    let hints = CommandHints(["log"], UmociTx.commands)
    #expect(hints.completed("`umoci-tx show 1`") == "`umoci-tx show 1`")
    #expect(hints.completed("`umoci-tx ls --json`") == "`umoci-tx ls --json`")
    #expect(hints.completed("`umoci-tx init --json`") == "`umoci-tx init --json --layout .`")
  }

  @Test(arguments: [
    (["log", "-n10"], ["log", "--limit=10"]),
    (["log", "-n=10"], ["log", "--limit=10"]),
    (["log", "-10"], ["log", "--limit=10"]),
    (["tag", "-mhello=x", "y"], ["tag", "--message=hello=x", "y"]),
    (["tag", "-message", "x"], ["tag", "--message=x"]),
    (["raw", "mtree-validate", "-fa.mtree"], ["raw", "mtree-validate", "--manifest=a.mtree"]),
    (["settings", "set", "undo-days", "-1"], ["settings", "set", "undo-days", "--", "-1"]),
    (["ls", "-json"], ["ls", "--json"]),
  ])
  func `a value may stand right behind a letter`(typed: [String], expected: [String]) {
    #expect(CommandLineGrammar.normalize(typed).command == expected)
  }

  @Test(
    arguments: [
      (["log", "-p", "x"], "unknown option '-p'", nil),
      (["config", "--image", "L", "--env", "A=b"], "unknown option '--env'", "--config.env"),
      (["log", "--bogus"], "unknown option '--bogus'", nil),
      (["ls", "--layuot", "x"], "unknown option '--layuot'", "--layout"),
      (["log", "--sin", "x"], "unknown option '--sin'", "--since"),
      (["settings", "set", "undo-days", "-1"], "cannot be \"-1\"", "a number from 0"),
      (["who", "--image", "app:1"], "unknown option '--image'", "`umoci-tx who --layout app 1`"),
      (["log", "--image", "app:1"], "unknown option '--image'", "--layout app --tag 1`"),
      (["status", "--image=app"], "unknown option '--image'", "`umoci-tx status --layout app`"),
      (["new", "--bogus", "x"], "unknown option '--bogus'", nil),
      (["inspect"], "there is no command \"inspect\"", "`umoci-tx stat`"),
      (["blame"], "there is no command \"blame\"", "`umoci-tx who`"),
      (["cp"], "there is no command \"cp\"", "skopeo copy"),
      (["version"], "there is no command \"version\"", "`umoci-tx --version`"),
    ] as [([String], String, String?)])
  func `what was meant is proposed, in words that were typed`(
    words: [String], message: String, proposal: String?
  ) throws {
    let run = try CapturedRun(words)
    #expect(run.status == 64 || run.status == 66, "\(run)")
    if run.status == 64 { #expect(run.messages.contains(message), "\(run)") }
    #expect(!run.messages.contains("\\n"))
    if let proposal, run.status == 64 { #expect(run.messages.contains(proposal), "\(run)") }
    if proposal == nil { #expect(!run.messages.contains("did you mean"), "\(run)") }
  }

  @Test func `a colon in a new tag is told, and an archive that is no layout`() throws {
    let shop = try Workshop()
    let tagged = try shop.run(["tag", "--image", "L:a", "L:newer"])
    #expect(tagged.status == 0 && tagged.standardError.contains("is called L:newer"), "\(tagged)")
    #expect(try shop.tags()["L:newer"] != nil)
    #expect(try shop.run(["tag", "--image", "L:a", "newer"]).standardError == "")
    let archive = try shop.run(["ls", "--layout", "x.tar"])
    #expect(archive.status == 66, "\(archive)")
    #expect(archive.standardError.contains("skopeo copy oci-archive:x.tar oci:x`"), "\(archive)")
  }

  @Test func `inside of a layout ls and gc need no path`() throws {
    let shop = try Workshop()
    for command in ["ls", "gc"] {
      let program = TraceRecorder.built("umoci-tx")
      let inside = try ExternalCommand.run([program, command], in: shop.layout)
      #expect(inside.status == 0, "\(inside)")
      let outside = try shop.run([command])
      #expect(outside.status == 64, "\(outside)")
      #expect(outside.standardError.contains("missing mandatory argument: --layout"))
    }
  }

  @Test(.enabled(if: Requirement.root.isMet, "needs root, to become somebody else"))
  func `an ordinary user is told of --rootless, and of a source that cannot be read`() throws {
    let shop = try Workshop()
    try shop.succeed(["new", "--image", "L:n"])
    try Files.write("secret", to: shop.folder("secret"), mode: 0o600)
    try shop.expectSuccess(of: ["chmod", "711", "."])
    try shop.expectSuccess(of: ["chown", "-R", "65534", "L"])
    try Files.makeDirectory(shop.folder("mine"), mode: 0o777)
    try shop.expectSuccess(of: ["chmod", "777", "mine"])
    func asNobody(_ words: [String]) throws -> ExternalCommand.Outcome {
      try ExternalCommand.run(
        [
          "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
          TraceRecorder.built("umoci-tx"),
        ] + words, in: shop.folder.path)
    }
    let unpacked = try asNobody(["unpack", "--image", "L:n", "mine/bundle"])
    #expect(unpacked.status == 77, "\(unpacked)")
    #expect(unpacked.standardError.contains("`--rootless`"), "\(unpacked)")
    let inserted = try asNobody(["insert", "--image", "L:n", "secret", "/secret"])
    #expect(inserted.status == 77, "\(inserted)")
    #expect(!inserted.standardError.contains("layout"), "\(inserted)")
  }
}
