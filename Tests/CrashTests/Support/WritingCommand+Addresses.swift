import Store
import TestSupport

/// Images that are named by their digest, and layouts that do not have all of them.
extension WritingCommand {
  private static let thing = Array("something of an unknown kind".utf8)
  private static let elsewhere = Digest.sha256(of: Array("the image of another platform".utf8))
  private static var address: String { "{L}@" + Digest.sha256(of: thing).shortForm }

  /// A layout with an entry that has no tag, and a history.
  @Sendable private static func untagged(_ sandbox: Sandbox) throws {
    try foreign(sandbox)
    let builder = try LayoutBuilder(at: sandbox.layout)
    builder.entries = try ImageLayout.open(sandbox.layout).readIndex().index.entries
      .map(\.descriptor)
    builder.tag(nil, try builder.addBlob(thing, mediaType: "application/x-thing"))
    try builder.finish()
    try sandbox.succeed(["tag", "--image", "{L}:a", "c"])
  }

  /// The same after the entry was removed and collected: only the history keeps it.
  @Sendable private static func forgotten(_ sandbox: Sandbox) throws {
    try untagged(sandbox)
    try sandbox.succeed(["rm", "--image", address])
    try sandbox.succeed(["gc", "--layout", "{L}"])
  }

  /// A layout with an index of two platforms, of which one is not there.
  @Sendable private static func sparse(_ sandbox: Sandbox) throws {
    let builder = try LayoutBuilder(at: sandbox.layout)
    let image = try builder.addImage(["here"]).withPlatform("linux/amd64")
    let absent = Descriptor(
      mediaType: .imageManifest, digest: elsewhere, size: 29,
      platform: Platform(os: "linux", architecture: "arm64"))
    builder.tag("multi", try builder.addIndex([image, absent]))
    builder.tag("a", image)
    try builder.finish()
  }

  static let addresses: [WritingCommand] = [
    WritingCommand("rm untagged", kind: "remove", ["rm", "--image", address], untagged),
    WritingCommand("tag by digest", kind: "tag", ["tag", "--image", address, "t"], forgotten),
    WritingCommand(
      "config sparse", kind: "config",
      ["config", "--image", "{L}:multi", "--platform", "linux/amd64", "--author", "x"],
      mendsIndex: true, lost: [elsewhere], sparse),
    WritingCommand(
      "undo sparse", kind: "undo", ["undo", "--layout", "{L}"], mendsIndex: true, lost: [elsewhere]
    ) { sandbox in
      try sparse(sandbox)
      try sandbox.succeed(["rm", "--image", "{L}:multi"])
    },
  ]
}
