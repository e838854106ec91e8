import Store
import TestSupport
import Testing

/// What an acknowledged operation refers to has been synced, whoever wrote it.
@Suite struct DurableContentTests {
  @Test(arguments: [false, true])
  func `a kept blob that somebody has made anew is synced again`(isMadeAnew: Bool) throws {
    let sandbox = try Sandbox()
    try WritingCommand.managed(sandbox)
    let layer = Digest.sha256(of: Array("another layer".utf8))
    let path = sandbox.layout + "/blobs/sha256/" + layer.encoded
    if isMadeAnew {
      let bytes = try Files.read(path)
      try Files.remove(path)
      try Files.write(bytes, to: path)
    }
    let points = try sandbox.points(of: ["tag", "--image", "{L}:b", "d"])
    #expect(points.contains("blobs.sync-present") == isMadeAnew)
  }
}
