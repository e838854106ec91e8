import TestSupport
import Testing

/// The package in `Examples`, which uses the library as others would.
@Suite struct ExampleTests {
  private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  @Test func `the example of the library builds, runs, and leaves a sound layout`() throws {
    // `make test` has built it before; this is a look at what has changed since.
    let build =
      ["swift", "build", "--package-path", "Examples", "--scratch-path", ".build/examples"]
    let built = try ExternalCommand.run(build, in: Self.root, timeout: 900)
    #expect(built.status == 0, "\(built)")
    let bin = try ExternalCommand.run(build + ["--show-bin-path"], in: Self.root)
    let program = bin.standardOutput.filter { !$0.isNewline } + "/publish"

    let folder = try TemporaryDirectory()
    let layout = folder("app")
    let first = try ExternalCommand.run([program, layout])
    #expect(
      first.standardOutput == """
        changed my mind
        3 batch: ["2.0", "latest", "stable"]
        2 batch: ["1.0", "stable"]
        1 init: []
        tags: ["1.0", "2.0", "latest", "stable"]
        after undo:
        4 undo: ["2.0", "latest", "stable"]
        3 batch: ["2.0", "latest", "stable"]
        2 batch: ["1.0", "stable"]
        1 init: []
        tags: ["1.0", "stable"]

        """, "\(first)")
    #expect(try LayoutAudit.problems(of: layout) == [])
    // Again, on the layout that is there now.
    let second = try ExternalCommand.run([program, layout])
    #expect(second.standardOutput.hasSuffix("tags: [\"1.0\", \"stable\"]\n"), "\(second)")
    #expect(second.status == 0)
    #expect(try LayoutAudit.problems(of: layout) == [])
  }
}
