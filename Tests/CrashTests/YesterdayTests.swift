import TestSupport
import Testing

/// Layouts, a bundle, and operations that died, as version 0.1.0 left them; `Yesterday/make` made them.
@Suite struct YesterdayTests {
  /// Unpacks them all.
  private static func unpacked() throws -> Sandbox {
    let sandbox = try Sandbox()
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let archive = "/\(folder)/Yesterday/layouts.tar.gz"
    let outcome = try ExternalCommand.run(["tar", "-C", sandbox.root, "-xzf", archive])
    guard outcome.status == 0 else { throw TestFailure("\(outcome)") }
    return sandbox
  }

  @Test(arguments: [
    "whole", "recorded", "staged", "prepared", "exchanged", "published", "staging", "batch",
    "collecting", "undo", "overwritten",
  ])
  func `what an earlier version left is opened, recovered, verified and undone`(
    name: String
  ) throws {
    let sandbox = try Self.unpacked()
    let layout = sandbox.root + "/" + name
    // Readers first: nothing has been brought to the current version yet.
    try sandbox.succeed(["log", "--layout", layout])
    try sandbox.succeed(["recover", "--layout", layout])
    let expected = String(decoding: try Files.read(layout + ".tags"), as: UTF8.self)
    let listed = try sandbox.succeed(["ls", "--layout", layout])
    #expect(listed.split(separator: "\n").sorted() == expected.split(separator: "\n").sorted())
    #expect(try LayoutAudit.problems(of: layout) == [])
    let settings = try sandbox.succeed(["settings", "--layout", layout])
    #expect(settings.contains("undo-days = \(name == "collecting" ? 0 : 20)\n"), "\(settings)")
    let tags = try LayoutAudit.tags(of: layout)
    try sandbox.succeed(["undo", "--layout", layout])
    #expect(try LayoutAudit.tags(of: layout) != tags)
    try sandbox.succeed(["redo", "--layout", layout])
    #expect(try LayoutAudit.tags(of: layout) == tags)
    #expect(try LayoutAudit.problems(of: layout) == [])
  }

  @Test func `a bundle that an earlier version unpacked is repacked`() throws {
    let sandbox = try Self.unpacked()
    let image = sandbox.root + "/bundle-layout:b"
    try sandbox.succeed(["repack", "--image", image, sandbox.root + "/bundle"])
    let changes = try sandbox.run([
      "diff", "--layout", sandbox.root + "/bundle-layout", "--files", "b@{1}", "b",
    ])
    #expect(changes.standardOutput.contains("srv/second"), "\(changes)")
    #expect(try LayoutAudit.problems(of: sandbox.root + "/bundle-layout") == [])
  }
}
