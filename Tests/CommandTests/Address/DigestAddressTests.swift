import Store
import TestSupport
import Testing

/// `LAYOUT@DIGEST` wherever an image is named.
@Suite struct DigestAddressTests {
  private struct Place {
    let shop: Workshop
    let digest: Digest
    var address: String { "L@\(digest.shortForm)" }

    /// A layout with one image of a tar, which has no tag, and the tag `other`.
    init() throws {
      shop = try Workshop(withLayout: false)
      let builder = try LayoutBuilder(at: shop.layout)
      let tar = TarBuilder.make { $0.file("hello", "hi") }
      let image = try builder.addImage(tars: [tar])
      builder.tag(nil, image)
      builder.tag("other", try builder.addImage(tars: [TarBuilder.make { $0.file("other") }]))
      try builder.finish()
      digest = image.digest
    }
  }

  @Test(arguments: [
    ["stat", "--image", "IMAGE"], ["cat", "--image", "IMAGE"],
    ["cat", "--image", "IMAGE", "config"],
    ["verify", "--image", "IMAGE"], ["raw", "runtime-config", "--image", "IMAGE", "config.json"],
    ["diff", "--layout", "L", "DIGEST", "DIGEST"], ["cat", "--image", "L:other", "DIGEST"],
    ["tag", "--image", "IMAGE", "new"],
    ["config", "--image", "IMAGE", "--tag", "n", "--author", "me"],
    ["tag", "--image", "L:other", "other", "--expect", "other"], ["rm", "--image", "IMAGE"],
    ["insert", "--image", "IMAGE", "--tag", "n", "--whiteout", "/hello"],
  ])
  func `every command takes a digest`(words: [String]) throws {
    let place = try Place()
    for address in ["L@\(place.digest)", "L:@\(place.digest)", place.address] {
      let digest = address.split(separator: "@")[1]
      let line = words.map {
        $0 == "IMAGE" ? address : $0 == "DIGEST" ? String(digest) : $0
      }
      try place.shop.succeed(line)
      if words[0] == "rm" { try place.shop.succeed(["undo", "--layout", "L"]) }
    }
    // The image was made without a history.
    #expect(place.shop.findings().filter { $0.code != .historyShort }.isEmpty)
  }

  @Test(.enabled(if: Requirement.root.isMet, "owners need root"))
  func `an image is unpacked by its digest, and repacked under a tag`() throws {
    let place = try Place()
    try place.shop.succeed(["unpack", "--image", place.address, "bundle"])
    try place.shop.succeed(["raw", "unpack", "--image", place.address, "rootfs"])
    try Files.write(Array("new".utf8), to: place.shop.folder("bundle/rootfs/hello"))
    let refused = try place.shop.run(["repack", "--image", place.address, "bundle"])
    #expect(refused.status == 64 && refused.standardError.contains("a tag is needed"), "\(refused)")
    try place.shop.succeed(["repack", "--image", "L:new", "bundle"])
    let report = try place.shop.run([
      "diff", "--layout", "L", place.digest.shortForm, "new", "--files",
    ])
    #expect(report.status == 1 && report.standardOutput.contains("hello"), "\(report)")
  }

  @Test(arguments: [
    ["config", "--image", "IMAGE", "--author", "me"], ["new", "--image", "IMAGE"],
    ["insert", "--image", "IMAGE", "--whiteout", "/hello"],
    ["rm", "--image", "IMAGE", "--expect", "none"],
  ])
  func `what sets a tag needs one`(words: [String]) throws {
    let place = try Place()
    let before = try place.shop.listing()
    let outcome = try place.shop.run(words.map { $0 == "IMAGE" ? place.address : $0 })
    #expect(outcome.status == 64, "\(outcome)")
    #expect(outcome.standardError.contains("hint: "), "\(outcome)")
    #expect(try place.shop.listing() == before)
  }

  @Test func `a line of a batch takes a digest`() throws {
    let place = try Place()
    try place.shop.succeed(
      ["batch", "--layout", "L"],
      input: """
        tag @\(place.digest.shortForm) one
        rm @\(place.digest)
        config @\(place.digest.shortForm) --tag two --author me
        """)
    #expect(try place.shop.tags()["one"] == place.digest)
    #expect(try place.shop.tags().keys.sorted() == ["one", "other", "two"])
    #expect(try ImageLayout.open(place.shop.layout).readIndex().index.entries.count == 3)
  }

  @Test func `an unknown digest is not found`() throws {
    let place = try Place()
    for words in [["stat"], ["tag", "x"], ["rm"], ["verify"]] {
      let outcome = try place.shop.run([words[0], "--image", "L@000000"] + words.dropFirst())
      #expect(outcome.status == 66, "\(outcome)")
      #expect(outcome.standardError.contains("begins with 000000"), "\(outcome)")
    }
  }

  @Test func `a folder with an at sign stays a folder`() throws {
    let place = try Place()
    try ExternalCommand.run(["cp", "-a", place.shop.layout, place.shop.folder("L@abcdef")])
    try place.shop.succeed(["tag", "--image", "L@abcdef:other", "x"])
    try place.shop.succeed(["stat", "--image", "L@abcdef:@\(place.digest.shortForm)"])
    #expect(try place.shop.tags()["x"] == nil)
  }

  @Test func `of several platforms tag takes all, or one by its digest`() throws {
    let shop = try Workshop()
    let refused = try shop.run(["tag", "--image", "L:multi", "x"])
    #expect(refused.status == 64)
    #expect(refused.standardError.contains("`--whole-index`"), "\(refused)")
    #expect(!refused.standardError.contains("--platform"), "\(refused)")
    let hint = try #require(refused.standardError.split(separator: "`").last { $0.hasPrefix("@") })
    try shop.succeed(["tag", "--image", "L:\(hint)", "x"])
    let other = try shop.run(["config", "--image", "L:multi", "--author", "me"])
    #expect(other.standardError.contains("`--platform linux/arm64`"), "\(other)")
  }
}
