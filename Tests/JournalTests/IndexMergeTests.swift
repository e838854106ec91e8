import Store
import Testing

@testable import Journal

@Suite struct IndexMergeTests {
  private func descriptor(_ text: String) -> Descriptor {
    Descriptor(mediaType: .imageManifest, digest: .sha256(of: Array(text.utf8)), size: 1)
  }

  /// `t=1 u=2`: the tags with an image each.
  private func state(_ text: String) -> IndexState {
    var state = IndexState()
    state.apply(
      text.split(separator: " ").map { pair in
        let parts = pair.split(separator: "=").map(String.init)
        return TagEdit(key: .name(parts[0]), before: [], after: [descriptor(parts[1])])
      })
    return state
  }

  private func words(_ edits: [TagEdit]) -> [String] { edits.map { "\($0.key)" } }

  private func merge(_ base: String, _ ours: String, _ theirs: String) -> IndexMerge {
    IndexMerge(base: state(base), ours: state(ours), theirs: state(theirs))
  }

  @Test(arguments: [
    // base, ours, theirs, net, put back, conflicts
    ("t=1", "t=1", "t=1", "", "", ""),
    ("t=1", "t=1", "t=2", "t", "", ""),
    ("t=1", "t=1", "", "t", "", ""),
    ("t=1", "t=1 u=2", "t=1", "", "u", ""),
    ("t=1", "t=2", "t=1", "", "t", ""),
    ("t=1", "", "t=1", "", "t", ""),
    ("t=1", "t=2", "t=3", "", "t", "t"),
    ("t=1", "t=2", "", "", "t", "t"),
    ("t=1", "t=2", "t=2", "", "", ""),
    ("", "t=1", "u=2", "u", "t", ""),
  ])
  func `each entry is merged by itself`(
    base: String, ours: String, theirs: String, net: String, reapplied: String, conflicts: String
  ) {
    let merge = merge(base, ours, theirs)
    let split = { (text: String) in text.split(separator: " ").map(String.init) }
    #expect(words(merge.net) == split(net))
    #expect(words(merge.reapplied) == split(reapplied))
    #expect(merge.conflicts.map { "\($0.key)" } == split(conflicts))
    #expect(merge.isEmpty == (net + reapplied + conflicts).isEmpty)
    #expect(merge.isStale == (net.isEmpty && conflicts.isEmpty && !reapplied.isEmpty))
    // What is put back, on top of what he wrote and with what he changed, is ours and his.
    var result = state(theirs)
    result.apply(merge.reapplied)
    var expected = state(ours)
    expected.apply(merge.net)
    #expect(result.difference(to: expected).isEmpty)
  }

  @Test func `what leads nowhere is refused, and waits as a conflict`() {
    let merge = merge("t=1 u=2", "t=1 u=2", "t=3 u=4").refusing([.name("t")])
    #expect(words(merge.net) == ["u"])
    #expect(words(merge.reapplied) == ["t"])
    #expect(merge.reapplied[0].after == [descriptor("1")])
    #expect(merge.conflicts.map(\.theirs) == [[descriptor("3")]])
    #expect(!merge.isStale)
  }

  @Test func `what is lost of ours is given up, and no conflict any more`() {
    let merge = merge("t=1", "t=2 u=5", "t=3").givingUp([.name("t")])
    #expect(words(merge.net) == ["t"])
    #expect(words(merge.reapplied) == ["u"])
    #expect(merge.conflicts.isEmpty)
  }

  @Test func `what cannot be taken over yet is held back`() {
    let merge = merge("t=1", "t=1", "t=3 x=4").holdingBack([.name("x")])
    #expect(words(merge.net) == ["t"])
    #expect(merge.reapplied.isEmpty)
    #expect(merge.conflicts.map { "\($0.key)" } == ["x"])
  }
}
