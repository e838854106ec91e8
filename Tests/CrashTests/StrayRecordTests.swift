import TestSupport
import Testing

@testable import Journal

/// Records of operations that came to nothing and could not clean up.
@Suite struct StrayRecordTests {
  private func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try WritingCommand.managed(sandbox)
    return sandbox
  }

  @Test func `a record that could not be removed is reaped by the next command`() throws {
    let sandbox = try sandbox()
    let failed = try sandbox.run(
      ["tag", "--image", "{L}:a", "lost"], failing: "ops.sync-folder:ENOSPC,ops.drop:EIO")
    #expect(failed.status != 0)
    let records = try Files.names(in: sandbox.layout + "/.ocitx/ops").count
    try sandbox.succeed(["tag", "--image", "{L}:a", "next"])
    #expect(try LayoutAudit.problems(of: sandbox.layout) == [])
    #expect(try Files.names(in: sandbox.layout + "/.ocitx/ops").count == records)
  }

  @Test func `records that an older database does not know are kept when a process died`() throws {
    let sandbox = try sandbox()
    let database = sandbox.layout + "/.ocitx/journal.db"
    let backup = try Files.read(database)
    let index = sandbox.layout + "/index.json"
    let text = String(decoding: try Files.read(index), as: UTF8.self)
    let name = try #require(text.range(of: #"ref.name":"b""#))
    try Files.write(
      String(text[..<name.lowerBound]) + #"ref.name":"y""# + text[name.upperBound...], to: index)
    try sandbox.succeed(["recover", "--layout", "{L}"])
    let newest = try #require(try Files.names(in: sandbox.layout + "/.ocitx/ops").max())
    try Files.write(backup, to: database)
    let died = try sandbox.run(
      ["tag", "--image", "{L}:a", "x"], failing: "stage.create-folder:before")
    #expect(died.status == 137)
    try sandbox.succeed(["recover", "--layout", "{L}"])
    #expect(try LayoutAudit.problems(of: sandbox.layout) == [])
    let kept = try Files.names(in: sandbox.layout + "/.ocitx/displaced")
    #expect(kept.contains("unused-" + newest))
  }
}
