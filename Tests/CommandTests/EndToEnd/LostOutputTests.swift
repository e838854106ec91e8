import ArgumentParser
import Store
import TestSupport
import Testing

@testable import umoci_tx

/// Standard output that cannot be written: what was done stands and is a success, so that nobody who
/// repeats what failed does it twice.
@Suite struct LostOutputTests {
  /// Every command that changes something, in an order in which each has something to do.
  private static let commands: [[String]] = [
    ["init", "--layout", "N"],
    ["new", "--image", "L:n"],
    ["tag", "--image", "L:a", "t"],
    ["rm", "--image", "L:b"],
    ["config", "--image", "L:a", "--config.user", "x"],
    ["insert", "--image", "L:a", "file", "/file"],
    ["raw", "add-layer", "--image", "L:a", "layer.tar"],
    ["unpack", "--rootless", "--image", "L:n", "bundle"],
    ["raw", "unpack", "--rootless", "--image", "L:n", "rootfs"],
    ["repack", "--image", "L:r", "bundle"],
    ["leases", "drop", "--layout", "L", "bundle"],
    ["exec", "--layout", "L", "--", program, "tag", "--image", "{}:a", "e"],
    ["batch", "--layout", "L", "lines"],
    ["undo", "--layout", "L"],
    ["redo", "--layout", "L"],
    ["restore", "--layout", "L", "--to", "1"],
    ["gc", "--layout", "L", "--grace", "0s"],
    ["settings", "set", "--layout", "L", "undo-days", "1"],
    ["settings", "unset", "--layout", "L", "undo-days"],
    ["recover", "--layout", "L"],
    ["verify", "--repair", "--layout", "L"],
  ]

  private static let program = TraceRecorder.built("umoci-tx")

  private static func shell(
    _ words: [String], _ redirection: String, in shop: Workshop
  ) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run(
      ["sh", "-c", "trap '' PIPE; \"$@\" \(redirection)", "sh", program] + words,
      in: shop.folder.path)
  }

  private static func prepared() throws -> Workshop {
    let shop = try Workshop()
    try Files.write("content", to: shop.folder("file"))
    try Files.write("tag a l\n", to: shop.folder("lines"))
    try shop.expectSuccess(of: ["tar", "-cf", "layer.tar", "file"])
    return shop
  }

  @Test func `the commands that change something are all of this table`() {
    let writing = HelpTests.commands.filter { name, type in
      let help = UmociTx.helpMessage(for: type)
      return !name.isEmpty && (help.contains("--dry-run") || help.contains("--durability"))
    }
    let names = Self.commands.map { words in
      words.prefix { !$0.hasPrefix("-") }.joined(separator: "-")
    }
    #expect(
      Set(names) == Set(writing.map { $0.name == "remove" ? "rm" : $0.name }),
      "add the new command to the table")
  }

  @Test(arguments: [">/dev/full", ">&-"])
  func `what is done and cannot be told is done`(redirection: String) throws {
    let shop = try Self.prepared()
    for words in Self.commands {
      var words = words
      // Without it many have nothing to say.
      if words[0] != "exec" { words.append("--json") }
      let outcome = try Self.shell(words, redirection, in: shop)
      #expect(outcome.status == 0, "\(words): \(outcome)")
      if words[0] != "exec" {
        #expect(
          outcome.standardError.contains("warning: what was done stands, but telling it failed"),
          "\(words): \(outcome)")
      }
    }
    #expect(try shop.succeed(["verify", "--layout", "L"]).contains("sound"))
  }

  @Test func `a script that repeats what fails undoes once`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "one"])
    try shop.succeed(["tag", "--image", "L:a", "two"])
    let outcome = try ExternalCommand.run(
      [
        "sh", "-c", "for i in 1 2 3; do \"$0\" undo --layout L >/dev/full && exit 0; done",
        Self.program,
      ], in: shop.folder.path)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try shop.tags()["two"] == nil)
    #expect(try shop.tags()["one"] != nil)
  }

  @Test func `a reader that went away is told of as well`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "one"])
    let fifo = try ExternalCommand.run(
      [
        "sh", "-c",
        "trap '' PIPE; mkfifo f; : <f & exec 3>f; wait; \"$0\" undo --layout L >&3 3>&-",
        Self.program,
      ], in: shop.folder.path)
    #expect(fifo.status == 0, "\(fifo)")
    #expect(fifo.standardError.contains("Broken pipe"), "\(fifo)")
    #expect(try shop.tags()["one"] == nil)
  }

  @Test func `a dry run and a reader that cannot tell have failed`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "one"])
    for words in [["undo", "--dry-run"], ["log"], ["status"], ["verify"]] {
      let outcome = try Self.shell(words + ["--layout", "L"], ">/dev/full", in: shop)
      #expect(outcome.status == 74, "\(words): \(outcome)")
    }
    #expect(try shop.tags()["one"] != nil)
  }

  @Test func `a repair that leaves findings says so although nobody hears which`() throws {
    let shop = try Workshop()
    let digest = try #require(try shop.tags()["a"]).description.split(separator: ":")[1]
    try Files.write("damaged", to: shop.layout + "/blobs/sha256/\(digest)")
    let outcome = try Self.shell(["verify", "--repair", "--layout", "L"], ">/dev/full", in: shop)
    #expect(outcome.status == 65, "\(outcome)")
  }
}
