import Store
import TestSupport
import Testing

/// Terminals, pipes, full disks and other programs around the built program.
@Suite struct EnvironmentTests {
  @Test(arguments: [0o644, 0o640, 0o600] as [UInt32])
  func `index.json keeps its mode, whatever the umask`(mode: UInt32) throws {
    let shop = try Workshop()
    let index = shop.layout + "/index.json"
    try shop.expectSuccess(of: ["chmod", String(mode, radix: 8), index])
    let program = TraceRecorder.built("umoci-tx")
    for umask in ["077", "022"] {
      try shop.expectSuccess(
        of: ["sh", "-c", "umask \(umask) && exec \(program) tag --image L:a t\(umask)"])
      let found = try ExternalCommand.run(["stat", "-c", "%a", index]).standardOutput
      #expect(found == String(mode, radix: 8) + "\n")
    }
  }

  @Test func `a reader that went away is no error, a full disk is one`() throws {
    let shop = try Workshop()
    let program = TraceRecorder.built("umoci-tx")
    func shell(_ redirection: String) throws -> ExternalCommand.Outcome {
      try ExternalCommand.run(
        ["sh", "-c", "\"$0\" ls --layout L \(redirection)", program], in: shop.folder.path)
    }
    let full = try shell(">/dev/full")
    #expect(full.status == 74)
    #expect(full.standardError.hasPrefix("error: write standard output"), "\(full)")
    #expect(try shell("| true").status == 0)
    #expect(try shell("2>&-").standardOutput == "a\nb\nmulti\n")
    let closed = try shell(">&-")
    #expect(closed.status == 74, "\(closed)")
  }

  @Test func `untrusted text cannot drive the terminal`() throws {
    let shop = try Workshop()
    let index = try String(
      decoding: Files.read(shop.layout + "/index.json"), as: UTF8.self)
    let evil = #"\u001b]0;owned\u0007\u009b31m"#
    let renamed = index.split(separator: #""multi""#, omittingEmptySubsequences: false)
      .joined(separator: "\"\(evil)\"")
    try Files.write(renamed, to: shop.layout + "/index.json")
    try shop.succeed(["tag", "--image", "L:a", "x", "-m", "\u{1b}[2J\nsecond\u{202e}line"])
    for command in [["log"], ["show"], ["show", "1"], ["status"], ["ls", "--json"]] {
      let text = try shop.succeed(command + ["--layout", "L"])
      let isHarmless = text.unicodeScalars.allSatisfy {
        $0 == "\n" || ($0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) && $0 != "\u{202e}")
      }
      // JSON keeps what is no control character as it is.
      #expect(isHarmless, "\(command): \(text)")
    }
    let outcome = try shop.run(["tag", "--image", "L:\u{1b}[2J", "x"])
    #expect(outcome.status == 64)
    #expect(!outcome.standardError.contains("\u{1b}"))
  }

  @Test func `options about logging, help and version work wherever they stand`() throws {
    let shop = try Workshop()
    #expect(try shop.succeed(["-v"]).hasPrefix("umoci-tx version "))
    #expect(try shop.succeed(["--version"]).hasPrefix("umoci-tx version "))
    #expect(try shop.succeed([]) == shop.succeed(["help"]))
    let info = try shop.run(["tag", "--image", "L:a", "x", "--log=info"])
    #expect(info.standardError.contains("x: none -> "))
    let environment = ["UMOCI_TX_FAIL": "nonsense"]
    #expect(try shop.run(["ls", "--layout", "L"], environment: environment).status == 64)
  }

  @Test(.enabled(if: Requirement.skopeo.isMet, "skopeo is not installed"))
  func `skopeo reads what is left`() throws {
    let shop = try Workshop()
    try shop.succeed(["new", "--image", "L:n"])
    try shop.succeed(["tag", "--image", "L:n", "m"])
    try shop.succeed(["undo", "--layout", "L"])
    try shop.succeed(["redo", "--layout", "L"])
    let digest = try #require(try shop.tags()["m"])
    let inspected = try shop.expectSuccess(of: ["skopeo", "inspect", "--raw", "oci:L:m"])
    #expect(Digest.sha256(of: Array(inspected.utf8)) == digest)
  }

  @Test(.enabled(if: Requirement.umoci.isMet && Requirement.jq.isMet, "needs umoci and jq"))
  func `umoci and jq read what is left`() throws {
    let shop = try Workshop()
    try shop.succeed(["batch", "--layout", "L"], input: "new n\ntag a z\nrm b\n")
    let theirs = try shop.expectSuccess(of: ["umoci", "ls", "--layout", "L"])
    #expect(theirs == (try shop.succeed(["ls", "--layout", "L"])))
    let names = try shop.expectSuccess(of: [
      "jq", "-r", #".manifests[].annotations["org.opencontainers.image.ref.name"]"#,
      "L/index.json",
    ])
    #expect(names == theirs)
    let log = try shop.succeed(["log", "--layout", "L", "--json"])
    let kinds = try ExternalCommand.run(
      ["jq", "-r", ".operations[].kind"], input: Array(log.utf8))
    #expect(kinds.standardOutput == "batch\nadopt\n")
  }

  @Test func `what recovery found is told even when there is nothing to do`() throws {
    let shop = try Workshop()
    try shop.succeed(["tag", "--image", "L:a", "x"])
    let killed = try shop.run(
      ["tag", "--image", "L:b", "y"], environment: ["UMOCI_TX_FAIL": "publish.exchange:before"])
    #expect(killed.status == 137, "\(killed)")
    let outcome = try shop.run(["tag", "--image", "L:a", "x"])
    #expect(outcome.status == 0)
    #expect(outcome.standardError.contains("interrupted operation"), "\(outcome)")
    #expect(try shop.tags()["y"] == shop.tags()["b"])
  }
}
