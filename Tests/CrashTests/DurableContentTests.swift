import Store
import TestSupport
import Testing

/// What an acknowledged operation refers to has been synced, whoever wrote it.
@Suite struct DurableContentTests {
  /// A managed layout, and the manifest, config and layer of its image `b`.
  private func managed() throws -> (sandbox: Sandbox, documents: [Digest], layer: Digest) {
    let sandbox = try Sandbox()
    try WritingCommand.managed(sandbox)
    let layout = try ImageLayout.open(sandbox.layout)
    let image = try #require(try layout.readIndex().index.entries(named: "b").first).descriptor
    let children = try DocumentChildren.descriptors(
      in: layout.blobs.readDocument(image), of: image)
    let config = try #require(children.first { $0.mediaType.isImageConfig })
    let layer = try #require(children.first { !$0.mediaType.isImageConfig })
    return (sandbox, [image.digest, config.digest], layer.digest)
  }

  /// The blobs that a command syncs, by their digests.
  private func synced(_ arguments: [String], in sandbox: Sandbox) throws -> Set<Digest> {
    let calls = try sandbox.calls(of: arguments).filter { $0.point == "blobs.sync-present" }
    return Set(
      try calls.map { call in
        try Digest(parsing: "sha256:" + (call.path.split(separator: "/").last ?? ""))
      })
  }

  @Test(arguments: [false, true])
  func `a kept layer that somebody has made anew is synced again`(isMadeAnew: Bool) throws {
    let (sandbox, documents, layer) = try managed()
    if isMadeAnew {
      let path = sandbox.layout + "/blobs/" + BlobStore.relativePath(of: layer)
      let bytes = try Files.read(path)
      try Files.remove(path)
      try Files.write(bytes, to: path)
    }
    let synced = try synced(["tag", "--image", "{L}:b", "d"], in: sandbox)
    #expect(synced == Set(documents + (isMadeAnew ? [layer] : [])))
  }

  /// A copy of them is in the database, and nothing tells whether a file is still the one that was copied.
  @Test func `the documents that an operation refers to are synced, once`() throws {
    let (sandbox, documents, _) = try managed()
    let calls = try sandbox.calls(of: ["tag", "--image", "{L}:b", "d"])
    let syncs = calls.filter { $0.point == "blobs.sync-present" }
    #expect(syncs.count == documents.count)
    #expect(try synced(["rm", "--image", "{L}:d"], in: sandbox).isEmpty)
  }
}
