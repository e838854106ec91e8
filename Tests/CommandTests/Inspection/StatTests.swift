import Store
import TestSupport
import Testing

@testable import umoci_tx

@Suite struct StatTests {
  /// An image in which everything is there that `stat` can tell, and another odd one for each tag.
  static func build(_ builder: LayoutBuilder) throws {
    let layer = try builder.addBlob("a layer", mediaType: .layerGzip)
    let config = try builder.addBlob(
      #"{"created":"2016-03-25T12:34:02.655002+11:00","author":"Aleksa <a@b.c>","os":"linux","#
        + #""architecture":"arm64","variant":"v8","os.version":"10.0","os.features":["x","y z"],"#
        + #""config":{"User":"1000:","Entrypoint":["/bin/sh","-c"],"Cmd":["a, b","","c\td"],"#
        + #""WorkingDir":"/w x","Env":["ESCAPED=a\tb\nc\u000bd\re","P=/bin"],"StopSignal":"SIGINT","#
        + #""ExposedPorts":{"80/tcp":{},"22":{}},"Volumes":{"/with, comma":{},"/v":{}},"#
        + #""Labels":{"ci.umo.abc":"foobar\tbaz","com.cyphar.empty":"","c":"x,y"},"#
        + #""ArgsEscaped":true},"rootfs":{"type":"layers","diff_ids":["\#(layer.digest)"]},"#
        + #""history":[{"created":"2020-01-01T00:00:00Z","created_by":"ADD \u001b[31m x"},"#
        + #"{"comment":"no time","empty_layer":true},{"created_by":"more than layers"}]}"#,
      mediaType: .imageConfig)
    var manifest = ImageManifest(config: config, layers: [layer])
    manifest.setAnnotation("k, l", to: "v")
    manifest.setSubject(layer)
    let image = try builder.addBlob(manifest.serialized(), mediaType: .imageManifest)
    builder.tag("full", image)
    let empty = try builder.addBlob("{}", mediaType: .emptyJSON).with("data", "e30=")
    let artifact = ImageManifest(config: empty, layers: [try layer.with("urls", ["http://a b"])])
    builder.tag("artifact", try builder.addBlob(artifact.serialized(), mediaType: .imageManifest))
    let other = try builder.addImage(["other"]).withPlatform("linux/amd64")
    builder.tag("multi", try builder.addIndex([image.withPlatform("linux/arm64"), other]))
    builder.tag("unknown", try builder.addBlob("?", mediaType: "application/x-alien"))
  }

  func layout() throws -> (TemporaryDirectory, String) {
    let folder = try TemporaryDirectory()
    let builder = try LayoutBuilder(at: folder("layout"))
    try Self.build(builder)
    try builder.finish()
    return (folder, folder("layout"))
  }

  @Test(arguments: ["full", "artifact", "multi", "unknown"])
  func `stat tells what is behind a tag`(tag: String) throws {
    let (folder, path) = try layout()
    let run = try CapturedRun(["stat", "--image", path + ":" + tag])
    #expect(run.status == 0, "\(run.messages)")
    try Golden.expect(run.output, is: "stat-" + tag)
    let json = try CapturedRun(["stat", "--image", path + ":" + tag, "--json"])
    try Golden.expect(json.output, is: "stat-" + tag + "-json")
    withExtendedLifetime(folder) {}
  }

  @Test func `a platform chooses an image of an index`() throws {
    let (folder, path) = try layout()
    let run = try CapturedRun(["stat", "--image", path + ":multi", "--platform", "linux/arm64"])
    #expect(run.status == 0)
    #expect(run.output.contains("Author: \"Aleksa <a@b.c>\""))
    let none = try CapturedRun(["stat", "--image", path + ":multi", "--platform", "linux/s390x"])
    #expect(none.status == 66)
    #expect(try CapturedRun(["stat", "--image", path + ":absent"]).status == 66)
    withExtendedLifetime(folder) {}
  }

  @Test func `a tag can be looked at as it was`() throws {
    let fixture = try ImageFixture(ImageFixture.plainConfig)
    let image = fixture.path + ":a"
    let flags = ["--durability", "relaxed", "--author", "Later"]
    #expect(try fixture.run(["config", "--image", image] + flags).status == 0)
    #expect(try fixture.run(["stat", "--image", image]).output.contains("Author: Later"))
    #expect(try fixture.run(["stat", "--image", image + "@{1}"]).output.contains("Author: Ann"))
    #expect(
      try fixture.run(["stat", "--image", image, "--at-op", "1"]).output.contains("Author: Ann"))
  }

  @Test func `bytes are dumped in lines of 16 and no more than 256`() {
    #expect(
      HexDump.lines(Array("{}".utf8)) == ["0000: 7b7d" + String(repeating: " ", count: 37) + "{}"])
    let long = HexDump.lines([UInt8](repeating: 0xa1, count: 300))
    #expect(long.count == 17)
    #expect(
      long[15] == "00f0: a1a1 a1a1 a1a1 a1a1 a1a1 a1a1 a1a1 a1a1  ................")
    #expect(long[16] == "....  (extra 44 bytes omitted)")
  }

  @Test(arguments: [
    ("", "\"\"", ""), ("a", "a", "a"), ("a b", "\"a b\"", "a b"),
    ("\u{7}\u{b}", #""\a\v""#, #""\a\v""#),
    ("\u{1b}", #""\x1b""#, #""\x1b""#), ("\u{85}", #""\u0085""#, #""\u0085""#),
    ("ä", "ä", "ä"), ("\u{a0}", #""\u00a0""#, #""\u00a0""#), ("\"", #""\"""#, #""\"""#),
    ("\u{e0001}", #""\U000e0001""#, #""\U000e0001""#), ("\u{3000}", #""\u3000""#, #""\u3000""#),
  ])
  func `values are quoted as in Go`(text: String, precise: String, plain: String) {
    #expect(GoQuoting.precise(text) == precise)
    #expect(GoQuoting.plain(text) == plain)
  }

  @Test func `cat prints documents and blobs as they are`() throws {
    let fixture = try ImageFixture(ImageFixture.plainConfig)
    let image = fixture.path + ":a"
    let (manifest, config) = try fixture.documents("a")
    #expect(try fixture.run(["cat", "--image", image]).output.utf8.elementsEqual(manifest))
    #expect(
      try fixture.run(["cat", "--image", image, "index"]).output.utf8.elementsEqual(manifest))
    #expect(try fixture.run(["cat", "--image", image, "config"]).output.utf8.elementsEqual(config))
    let digest = Digest.sha256(of: config)
    let blob = try fixture.run(["cat", "--image", image, "\(digest)"])
    #expect(blob.output.utf8.elementsEqual(config))
    #expect(try fixture.run(["cat", "--image", image, "sha256:12"]).status == 64)
    let absent = Digest.sha256(of: [])
    #expect(try fixture.run(["cat", "--image", image, "\(absent)"]).status == 66)
    let file = fixture.path + "/blobs/sha256/" + digest.encoded
    try Files.write(Array(config.dropLast()) + [0x20], to: file)
    let damaged = try fixture.run(["cat", "--image", image, "\(digest)"])
    #expect(damaged.status == 65)
    #expect(damaged.messages.contains("digest mismatch"))
    let document = try fixture.run(["cat", "--image", image, "config"])
    #expect(document.status == 65)
    #expect(document.output == "")
  }
}
