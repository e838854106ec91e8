import TestSupport
import Testing

@testable import umoci_tx

/// What people type who know other tools is answered with what to type here.
@Suite struct ForeignHabitTests {
  @Test(arguments: [
    (["tag", "app:1.0", "new"], "umoci-tx tag --image app:1.0 new"),
    (["ls", "app"], "umoci-tx ls --layout app"),
    (["stat", "app:1.0"], "umoci-tx stat --image app:1.0"),
    (
      ["unpack", "--rootless", "app:1.0", "bundle"],
      "umoci-tx unpack --rootless --image app:1.0 bundle"
    ),
    (["raw", "unpack", "app", "root fs"], "umoci-tx raw unpack --image app 'root fs'"),
    (["init", "app9"], "umoci-tx init --layout app9"),
    (["log", "app"], "umoci-tx log --layout app"),
    (["verify", "app:1.0"], "umoci-tx verify --image app:1.0"),
    (["verify", "app"], "umoci-tx verify --layout app"),
    (["rm", "app:1.0"], "umoci-tx rm --image app:1.0"),
  ])
  func `a path without its option gets it`(words: [String], line: String) throws {
    let run = try CapturedRun(words)
    #expect(run.status == 64)
    #expect(run.messages.contains("hint: write `\(line)`\n"), "\(run.messages)")
  }

  @Test func `what is no path gets no option`() throws {
    #expect(PositionalHint.corrected(["tag", "--image=app", "a", "b"], UmociTx.commands) == nil)
    #expect(PositionalHint.corrected(["nonsense", "app"], UmociTx.commands) == nil)
    #expect(PositionalHint.corrected(["stat"], UmociTx.commands) == nil)
  }

  @Test(arguments: [
    (["stat", "--image", "oci:dir:tag"], "write `--image dir:tag`"),
    (["ls", "--layout", "oci:dir:tag"], "write `--layout dir`"),
    (
      ["stat", "--image", "oci-archive:x/y.tar:a"],
      "copy it into a layout first: `skopeo copy oci-archive:x/y.tar:a oci:y:a`"
    ),
    (
      ["stat", "--image", "docker://docker.io/library/alpine:3"],
      "copy it into a layout first: `skopeo copy docker://docker.io/library/alpine:3 oci:alpine:3`"
    ),
  ])
  func `skopeo's notation is answered`(words: [String], hint: String) throws {
    let run = try CapturedRun(words)
    #expect(run.status == 64)
    #expect(run.messages.contains("hint: \(hint)\n"), "\(run.messages)")
  }

  @Test func `an archive is answered with the command that makes a layout of it`() throws {
    let folder = try TemporaryDirectory()
    let archive = folder("x.tar")
    try Files.write("tar", to: archive)
    let run = try CapturedRun(["ls", "--layout", archive])
    #expect(run.status == 65)
    #expect(run.messages.contains("`skopeo copy oci-archive:\(archive) oci:\(folder("x"))`"))
  }

  @Test(arguments: [["skopeo", "--version"], ["sh", "-c", "exit 3"], ["x", "--", "y"]])
  func `a tool without its dashes is not run, and nothing answers in its place`(
    tool: [String]
  ) throws {
    let run = try CapturedRun(["exec", "--layout", "L"] + tool)
    #expect(run.status == 64 && run.output == "")
    let line = "umoci-tx exec --layout=L -- \(TerminalText.commandLine(tool))"
    #expect(run.messages.contains("write -- before it: `\(line)`"), "\(run.messages)")
  }
}
