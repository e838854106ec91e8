import TestSupport
import Testing

/// Two machines and one layout.
@Suite struct OtherMachineTests {
  static let arePossible = HungMount.isPossible && Sandbox.mayMount
  private let one = OtherMachine.number(1)
  private let two = OtherMachine.number(2)

  private func tag(_ name: String) -> [String] { ["tag", "--image", "{L}:a", name] }

  private func succeed(
    _ sandbox: Sandbox, _ words: [String], on machine: [String]
  ) throws -> ExternalCommand.Outcome {
    let outcome = try sandbox.run(words, under: machine)
    #expect(outcome.status == 0, "\(words): \(outcome)")
    return outcome
  }

  private func expectRefusal(_ sandbox: Sandbox, _ words: [String], on machine: [String]) throws {
    let layout = sandbox.layout
    let before = try (Files.read(layout + "/index.json"), Files.names(in: layout + "/.ocitx/ops"))
    let outcome = try sandbox.run(words, under: machine)
    #expect(outcome.status == 76, "\(words): \(outcome)")
    #expect(
      outcome.standardError.contains("`umoci-tx recover --layout \(layout) --take-over`"),
      "\(outcome)")
    #expect(try Files.read(layout + "/index.json") == before.0)
    #expect(try Files.names(in: layout + "/.ocitx/ops").sorted() == before.1.sorted())
  }

  @Test(.enabled(if: arePossible, "needs bindfs, and the right to mount"))
  func `where hosts may share, another machine writes only after it has taken over`() throws {
    let sandbox = try Sandbox()
    let mount = try HungMount(at: sandbox.root, showing: sandbox.folder("shown"))
    try WritingCommand.writtenElsewhere(sandbox)
    let here = ["--layout", "{L}"]
    for words in [
      tag("d"), ["undo"] + here, ["gc"] + here, ["recover"] + here,
      ["settings", "set", "foreign", "adopt"] + here, ["exec"] + here + ["--", "true", "{}"],
      ["new", "--image", "{L}:n"], ["verify", "--repair"] + here,
    ] {
      try expectRefusal(sandbox, words, on: two)
    }
    for words in [
      ["ls"] + here, ["log"] + here, ["verify"] + here, tag("d") + ["--dry-run"],
      ["gc", "--dry-run"] + here, ["recover", "--dry-run"] + here,
    ] {
      _ = try succeed(sandbox, words, on: two)
    }
    let status = try succeed(sandbox, ["status"] + here, on: two).standardOutput
    #expect(status.contains("fuse") && status.contains("another machine"), "\(status)")
    #expect(
      try succeed(sandbox, ["status"] + here, on: one).standardOutput.contains("this machine"))

    _ = try succeed(sandbox, ["recover", "--take-over"] + here, on: two)
    _ = try succeed(sandbox, tag("d"), on: two)
    try expectRefusal(sandbox, tag("e"), on: one)
    let log = try succeed(sandbox, ["log"] + here, on: one).standardOutput
    #expect(log.contains("take-over"), "\(log)")
    _ = try succeed(sandbox, ["audit", "verify"] + here, on: one)

    // The records know it too.
    try Files.remove(sandbox.layout + "/.ocitx/journal.db")
    try expectRefusal(sandbox, tag("e"), on: one)
    _ = try succeed(sandbox, tag("e"), on: two)
    #expect(try LayoutAudit.problems(of: sandbox.layout) == [])
    // Before its folder is removed.
    _ = consume mount
    withExtendedLifetime(sandbox) {}
  }

  @Test(.enabled(if: Sandbox.mayMount, "needs the right to mount"))
  func `a local disk goes on on another machine without a word`() throws {
    let sandbox = try Sandbox()
    try WritingCommand.writtenElsewhere(sandbox)
    let here = ["--layout", "{L}"]
    let before = try succeed(sandbox, ["status"] + here, on: two).standardOutput
    #expect(before.contains("another machine") && !before.contains("--take-over"), "\(before)")
    #expect(try succeed(sandbox, tag("d"), on: two).standardError == "")
    let after = try succeed(sandbox, ["status"] + here, on: two).standardOutput
    #expect(!after.contains("Last writer"), "\(after)")
    let outcome = try succeed(sandbox, ["recover", "--take-over"] + here, on: two)
    #expect(outcome.standardOutput.contains("nothing to take over"), "\(outcome)")
  }
}
