import Testing

@testable import umoci_tx

@Suite struct UsageTests {
  @Test(arguments: [
    (["foo"], "there is no command \"foo\""),
    (["lgo"], "did you mean `umoci-tx log`"),
    (["raw", "unpak"], "there is no command \"unpak\" in `umoci-tx raw`"),
    (["audit", "verfiy"], "did you mean `umoci-tx audit verify`"),
    (["help", "foo"], "there is no command \"foo\""),
    (["help", "raw", "foo"], "there is no command \"foo\" in `umoci-tx raw`"),
    (["--log=foo", "ls"], "parsing log level: invalid level"),
    (["--log=debug", "--verbose", "ls"], "mutually exclusive"),
    (["init"], "missing mandatory argument: --layout"),
    (["new"], "missing mandatory argument: --image"),
    (["rm"], "missing mandatory argument: --image"),
    (["ls"], "missing mandatory argument: --layout"),
    (["tag", "x"], "missing mandatory argument: --image"),
    (["tag", "--image", "", "x"], "the path is empty"),
    (["tag", "--image", "img:", "x"], "must not be empty"),
    (["tag", "--image", "img", ".x"], "invalid new tag"),
    (["tag", "--image", "img"], "missing mandatory argument: <new-tag>"),
    (["tag", "--image", "img", "a", "b"], "unexpected argument 'b'"),
    (["new", "--image", "img", "x"], "unexpected argument 'x'"),
    (["ls", "--layout", ""], "the path is empty"),
    (["ls", "--layout", "a:b"], "cannot contain a colon"),
    (["ls", "--layout"], "missing value for '--layout"),
    (["ls", "--layuot", "x"], "unknown option '--layuot'"),
    (["ls", "--layout", "x", "--at-op", "?"], "\"?\" is no operation"),
    (["rm", "--image", "img:v1@{1}"], "an earlier value of a tag cannot be written"),
    (["rm", "--image", "img", "--durability", "none"], "neither `full` nor `relaxed`"),
    (["log", "--limit", "0"], "is no number of operations"),
    (["log", "-n", "0"], "is no number of operations"),
    (["log", "--since", "tomorrow"], "is not a time"),
    (["show", "latest"], "is no operation"),
    (["undo", "--lock-timeout", "x"], "is no number of seconds"),
    (["restore"], "missing mandatory argument: --to"),
    (["restore", "--to", "latest"], "neither an operation nor a time"),
    (["recover", "--adopt", "--accept-index"], "exclude each other"),
    (["exec"], "no tool to run"),
  ])
  func `a wrong command line is refused with 64 and one clear error`(
    arguments: [String], message: String
  ) throws {
    let run = try CapturedRun(arguments)
    #expect(run.status == 64)
    #expect(run.output == "")
    #expect(run.messages.hasPrefix("error: "))
    #expect(run.messages.contains(message))
  }

  @Test(arguments: [["ls", "--json"], ["ls", "--layuot", "x", "--json"], ["foo", "--json"]])
  func `with --json an error is one JSON object`(arguments: [String]) throws {
    let run = try CapturedRun(arguments)
    #expect(run.status == 64)
    #expect(run.messages.hasPrefix("{\"error\":{\"message\":"))
    #expect(run.messages.hasSuffix("}}\n"))
    #expect(run.messages.filter(\.isNewline).count == 1)
  }

  @Test func `a layout that is not there is reported with 66`() throws {
    let run = try CapturedRun(["ls", "--layout", "/nonexistent/layout"])
    #expect(run.status == 66)
    #expect(run.messages.contains("error: no image layout at /nonexistent/layout"))
  }
}
