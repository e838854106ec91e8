import TestSupport
import Testing

/// A copy that dies while it becomes a layout of its own.
@Suite struct CopyTests {
  @Test(arguments: ["folder.create-format", "folder.publish-format"])
  func `a copy that died before it had written its id is not damaged`(point: String) throws {
    let sandbox = try Sandbox()
    try WritingCommand.hardLinked(isCopy: true)(sandbox)
    let tag = ["tag", "--image", "{L}:a", "d"]
    #expect(try sandbox.run(tag, failing: point + ":before").status == 137)
    let outcome = try sandbox.run(["verify", "--layout", "{L}"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.standardOutput.contains("operation-unfinished"))
    try sandbox.succeed(tag)
    #expect(try LayoutAudit.problems(of: sandbox.layout) == [])
  }
}
