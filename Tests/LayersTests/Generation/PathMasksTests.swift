import Layers
import Store
import Testing

/// Masks are compared as cleaned text.
@Suite struct PathMasksTests {
  @Test(arguments: [
    ("/tmp", "tmp", true), ("tmp/", "tmp/a/b", true), ("/tmp", "tmp2", false),
    ("/var/../tmp/./x", "tmp/x/y", true), ("/tmp/x", "tmp", false), ("/", "anything", true),
    ("", ".", true), ("/a", ".", false), ("../../a", "a", true), ("/a/b", "a/bc", false),
  ])
  func `a path is covered by its mask and by those above it`(
    mask: String, path: String, isCovered: Bool
  ) {
    #expect(PathMasks(["/other", mask]).cover(Array(path.utf8)) == isCovered)
    #expect(!PathMasks.none.cover(Array(path.utf8)))
  }

  private func change(
    _ path: String, _ kind: RootfsChange.Kind, isFolder: Bool = false
  ) -> RootfsChange {
    RootfsChange(
      path: Array(path.utf8), kind: kind,
      fileKind: kind == .removed ? nil : isFolder ? .directory : .symbolicLink)
  }

  @Test func `what was below something that is gone or no folder any more needs no whiteout`() {
    let changes = [
      change("d/x", .removed), change("d", .modified), change("gone/a/b", .removed),
      change("gone", .removed), change("gone-not", .removed),
      change("e", .modified, isFolder: true),
      change("e/f", .removed), change("new", .added), change("m/gone", .removed),
      change("m", .removed), change("m/new", .added),
    ]
    let needed = RootfsChange.needed(of: changes, masks: PathMasks(["/m", "/new/"]))
    #expect(
      needed.map { String(decoding: $0.path, as: UTF8.self) }
        == ["d", "e", "e/f", "gone", "gone-not"])
  }
}
