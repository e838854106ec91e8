import Testing

@testable import Journal

/// What tells a copy of a layout from the layout; docs/decisions/0041.
@Suite struct LayoutIdentityTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let before: LayoutIdentity
    let after: LayoutIdentity
    let isSame: Bool

    init(
      _ name: String, _ before: (String, String, String), _ after: (String, String, String),
      isSame: Bool
    ) {
      self.name = name
      self.before = LayoutIdentity(inodes: before.0, changed: before.1, filesystem: before.2)
      self.after = LayoutIdentity(inodes: after.0, changed: after.1, filesystem: after.2)
      self.isSame = isSame
    }

    var testDescription: String { name }
  }

  static let cases = [
    Case("itself", ("1/2", "7.0", "a"), ("1/2", "7.0", "a"), isSame: true),
    Case("renumbered by a mount", ("1/2", "7.0", ""), ("8/9", "7.0", ""), isSame: true),
    Case("chown", ("1/2", "7.0", "a"), ("1/2", "8.0", "a"), isSame: true),
    Case("cp -a", ("1/2", "7.0", "a"), ("8/9", "8.0", "a"), isSame: false),
    Case("cp -a to another disk", ("1/2", "7.0", "a"), ("8/9", "8.0", "b"), isSame: false),
    Case("a snapshot or clone", ("1/2", "7.0", "a"), ("1/2", "7.0", "b"), isSame: false),
    Case(
      "an image of a disk under its own id", ("1/2", "7.0", "a"), ("1/2", "7.0", "a"), isSame: true),
    Case("now through a network", ("1/2", "7.0", "a"), ("1/2", "7.0", ""), isSame: true),
    Case("no longer through a network", ("1/2", "7.0", ""), ("1/2", "7.0", "a"), isSame: true),
    Case("remembered by version 0.1", ("1/2", "", ""), ("8/9", "7.0", "a"), isSame: false),
    Case("remembered by version 0.1, in place", ("1/2", "", ""), ("1/2", "7.0", "a"), isSame: true),
  ]

  @Test(arguments: cases) func `a copy is told by what no copy keeps`(known: Case) {
    #expect(known.after.isSameLayout(as: known.before) == known.isSame)
    #expect(known.before.isSameLayout(as: known.after) == known.isSame)
  }
}
