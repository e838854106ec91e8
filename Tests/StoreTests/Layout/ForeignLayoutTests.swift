import Store
import TestSupport
import Testing

/// Layouts that umoci and skopeo made are whole by our rules too.
@Suite struct ForeignLayoutTests {
  private func run(_ arguments: [String]) throws {
    let outcome = try ExternalCommand.run(arguments)
    guard outcome.status == 0 else { throw TestFailure("\(arguments): \(outcome)") }
  }

  @Test(.enabled(if: Requirement.umoci.isMet, "needs umoci in PATH"))
  func `a layout by umoci is whole`() throws {
    let folder = try TemporaryDirectory()
    let path = folder("layout")
    try run(["umoci", "init", "--layout", path])
    try run(["umoci", "new", "--image", path + ":first"])
    try run(["umoci", "tag", "--image", path + ":first", "second"])
    try Files.write("content", to: folder("file"))
    try run(["umoci", "insert", "--image", path + ":second", folder("file"), "/file"])
    let options = LayoutVerifier.Options(notesUnknownFiles: true)
    #expect(LayoutVerifier.verify(at: path, options) == [])
  }

  @Test(
    .enabled(
      if: Requirement.umoci.isMet && Requirement.skopeo.isMet, "needs umoci and skopeo in PATH"))
  func `a layout by skopeo is whole, and skopeo reads what we create`() throws {
    let folder = try TemporaryDirectory()
    let (source, ours) = (folder("source"), folder("ours"))
    try run(["umoci", "init", "--layout", source])
    try run(["umoci", "new", "--image", source + ":first"])
    try Files.write("content", to: folder("file"))
    try run(["umoci", "insert", "--image", source + ":first", folder("file"), "/file"])
    _ = try LayoutCreation.create(
      at: ours, durability: .relaxed, randomBytes: RandomBytes.make)
    for (target, name) in [(folder("theirs"), "a"), (ours, "a"), (ours, "b")] {
      try run([
        "skopeo", "--insecure-policy", "copy", "oci:\(source):first", "oci:\(target):\(name)",
      ])
    }
    let options = LayoutVerifier.Options(notesUnknownFiles: true)
    #expect(LayoutVerifier.verify(at: folder("theirs"), options) == [])
    #expect(LayoutVerifier.verify(at: ours, options) == [])
  }
}
