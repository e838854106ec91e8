import Store
import TestSupport
import Testing

@Suite struct ListTests {
  /// The layout of the workshop with an entry that has no tag.
  private func workshop() throws -> (shop: Workshop, untagged: Digest) {
    let shop = try Workshop()
    let builder = try LayoutBuilder(at: shop.layout)
    builder.entries = try ImageLayout.open(shop.layout).readIndex().index.entries.map(
      \.descriptor)
    let image = try builder.addImage(["nobody's"], platform: "linux/riscv64")
    builder.tag(nil, image)
    try builder.finish()
    return (shop, image.digest)
  }

  @Test func `plain it is what umoci prints`() throws {
    let (shop, _) = try workshop()
    #expect(try shop.succeed(["ls", "--layout", "L"]) == "a\nb\nmulti\n")
  }

  @Test func `all of it has entries without a tag and the images of indexes`() throws {
    let (shop, untagged) = try workshop()
    let lines = try shop.succeed(["ls", "--layout", "L", "-a"]).split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines[2] == "multi" && lines[3].hasPrefix("  @") && lines[4].hasPrefix("  @"))
    #expect(lines[5] == "@\(untagged.shortForm)")
    // What is shown can be typed back.
    for line in lines.dropFirst(3) {
      try shop.succeed(["stat", "--image", "L" + line.drop { $0 == " " }])
    }
  }

  @Test func `long it tells what each is and who moved it`() throws {
    let (shop, untagged) = try workshop()
    try shop.succeed(["tag", "--image", "L:a", "new"])
    let lines = try shop.succeed(["ls", "--layout", "L", "--long", "--all"])
      .split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("TAG") && lines[0].hasSuffix("MOVED BY"))
    #expect(Set(lines.map { $0.hasSuffix(" ") }) == [false])
    let tags = try shop.tags()
    let words = try #require(lines.last { $0.hasPrefix("new") }).split(separator: " ")
    #expect(words[1] == tags["a"]?.shortForm[...])
    #expect(words[2] == "linux/amd64" && words[3].hasSuffix("B") && words[4] == "-")
    #expect(words.count == 7 && words[6].hasSuffix("s"))
    // What was there before the history began was moved by nobody who is known.
    #expect(lines.first { $0.hasPrefix("b ") }?.hasSuffix("  -") == true)
    let multi = try #require(lines.first { $0.hasPrefix("multi") })
    #expect(multi.contains("linux/amd64,linux/arm64"))
    #expect(lines.contains { $0.contains(untagged.shortForm) && $0.contains("linux/riscv64") })
    #expect(try !shop.succeed(["ls", "--layout", "L", "-l"]).contains(untagged.shortForm))
  }

  @Test func `what is not there is left open`() throws {
    let (shop, untagged) = try workshop()
    try Files.remove(shop.layout + "/blobs/" + BlobStore.relativePath(of: untagged))
    let lines = try shop.succeed(["ls", "--layout", "L", "--long", "--all"])
      .split(separator: "\n")
    let words = try #require(lines.last { $0.contains(untagged.shortForm) }).split(separator: " ")
    #expect(words[2...].allSatisfy { $0 == "-" })
  }

  @Test func `as JSON it has what was asked for`() throws {
    let (shop, untagged) = try workshop()
    let plain = try shop.json(["ls", "--layout", "L"])
    #expect(plain.count("tags") == 3)
    #expect(
      Set(plain.element("tags", 0)?.members.map(\.name.text) ?? []) == ["name", "descriptor"])
    let all = try shop.json(["ls", "--layout", "L", "--all", "--long"])
    #expect(all.count("tags") == 4)
    #expect(all.element("tags", 2)?.count("images") == 2)
    #expect(all.element("tags", 2)?.count("platforms") == 2)
    #expect(all.element("tags", 3)?["name"] == nil)
    #expect(all.element("tags", 3)?.text("descriptor", "digest") == untagged.description)
  }
}

extension JSONObject {
  /// An element of an array that is an object.
  fileprivate func element(_ name: String, _ position: Int) -> JSONObject? {
    guard let elements = self[name]?.arrayValue?.elements, elements.indices.contains(position)
    else { return nil }
    return elements[position].objectValue
  }
}
