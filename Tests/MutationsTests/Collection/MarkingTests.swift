import Store
import TestSupport
import Testing

@testable import Journal

/// Marking goes on while others write; what it has found out then must not outlive the change.
@Suite struct MarkingTests {
  /// A gc that has looked for an image's manifest in vain, and the manifest's file, which is put back then.
  private func marking(_ layout: TestLayout, of image: Descriptor) throws -> Marking {
    let file = layout.path + "/blobs/" + BlobStore.relativePath(of: image.digest)
    let bytes = try Files.read(file)
    try Files.remove(file)
    let history = try layout.history()
    let marking = try Marking(
      layout.open(), history.control, history.database, from: roots(image),
      now: layout.invocation.now())
    #expect(marking.reach.unreadable == [image.digest])
    try Files.write(bytes, to: file)
    return marking
  }

  private func roots(_ image: Descriptor) -> CollectionRoots {
    var index = ImageIndex.empty
    index.replaceAllEntries(with: [image])
    return CollectionRoots(index)
  }

  @Test func `what a document needs that comes while gc marks is not withdrawn`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let image = try layout.addForeignImage("on its way")
    let content = try layout.content(of: image)
    let marking = try marking(layout, of: image)
    try marking.mark(from: roots(image))
    let plan = try marking.plan(staged: StagedContent())
    #expect((plan.withdrawn + plan.kept).filter { content.contains($0.digest) }.isEmpty)
    #expect(content.allSatisfy { marking.reach.isReached($0, as: .live) })
    #expect(plan.damaged.isEmpty && plan.missing.isEmpty)
  }
}
