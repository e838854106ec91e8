import Store
import TestSupport
import Testing

@testable import Journal

/// Marking goes on while others write; what it has found out then must not outlive the change.
@Suite struct MarkingTests {
  /// A gc that has looked for an image's manifest in vain, and the manifest's file, which is put back then.
  private func collector(_ layout: TestLayout, of image: Descriptor) throws -> Marking {
    var index = ImageIndex.empty
    index.replaceAllEntries(with: [image])
    let file = layout.path + "/blobs/" + BlobStore.relativePath(of: image.digest)
    let bytes = try Files.read(file)
    try Files.remove(file)
    let history = try layout.history()
    let collector = Marking(
      try layout.open(), history.control, history.database, CollectionOptions(grace: 0),
      now: layout.invocation.now())
    collector.use(CollectionRoots(index))
    try collector.load()
    #expect(collector.reach.unreadable == [image.digest])
    try Files.write(bytes, to: file)
    return collector
  }

  @Test func `what a document needs that comes while gc marks is not withdrawn`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let image = try layout.addForeignImage("on its way")
    let content = try layout.content(of: image)
    let collector = try collector(layout, of: image)
    try collector.takeInventory()
    try collector.mark()
    let plan = try collector.plan(staged: StagedContent())
    #expect(plan.moves.leaving.filter { content.contains($0.digest) }.isEmpty)
    #expect(content.allSatisfy { collector.reach.isReached($0, as: .live) })
    #expect(plan.damaged.isEmpty && plan.missing.isEmpty)
  }
}
