import Store
import TestSupport
import Testing

@testable import umoci_tx

@Suite struct DiffTests {
  /// A layout whose image `a` has one layer, and `b` another one on top; made by tar(1).
  static let script = """
    cd "$1" && mkdir -p l1/etc l1/usr/lib l1/gone/deep l1/opaque && ln -s usr/lib l1/lib
    echo one >l1/etc/same && echo two >l1/etc/changed && echo x >l1/usr/lib/so && echo y >l1/gone/deep/f
    echo z >l1/opaque/old && echo m >l1/etc/mode && echo t >l1/becomes-folder && ln l1/etc/same l1/hard
    mkdir -p l2/etc l2/lib l2/opaque l2/becomes-folder && echo TWO >l2/etc/changed && : >l2/.wh.gone
    : >l2/opaque/.wh..wh..opq && echo new >l2/opaque/new && chmod 600 l1/etc/mode
    echo m >l2/etc/mode && chmod 755 l2/etc/mode && echo in >l2/becomes-folder/in && echo q >l2/lib/so2
    umask 022; for l in l1 l2; do tar --sort=name --owner=0 --group=0 --mtime=@0 --format=pax \
      -C $l -cf $l.tar .; done; gzip -nk l2.tar
    """

  func layout() throws -> (TemporaryDirectory, String) {
    let folder = try TemporaryDirectory()
    let made = try ExternalCommand.run(["sh", "-ec", Self.script, "sh", folder("")])
    try #require(made.status == 0, "\(made)")
    let builder = try LayoutBuilder(at: folder("layout"))
    let first = try builder.addBlob(Files.read(folder("l1.tar")), mediaType: .layer)
    let second = try builder.addBlob(Files.read(folder("l2.tar.gz")), mediaType: .layerGzip)
    for (tag, layers) in [("a", [first]), ("b", [first, second])] {
      var config = ImageConfig(created: .zero, platform: Platform(os: "linux", architecture: "386"))
      for layer in layers { config.appendDiffID(DiffID(layer.digest)) }
      if tag == "b" { config.setVariable("N", to: "1") }
      let blob = try builder.addBlob(config.serialized(), mediaType: .imageConfig)
      let manifest = ImageManifest(config: blob, layers: layers)
      builder.tag(tag, try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    }
    try builder.finish()
    return (folder, folder("layout"))
  }

  @Test func `files are compared through whiteouts and links without unpacking`() throws {
    let (folder, path) = try layout()
    let run = try CapturedRun(["diff", "--layout", path, "a", "b", "--files"])
    #expect(run.status == 1, "\(run.messages)")
    let lines = run.output.split(separator: "\n").map { $0.drop { $0 == " " } }
    let files = lines.drop { $0 != "files:" }.dropFirst()
    // Owners of folders are those of tar's options; modes of l1 and l2 are the same umask.
    let expected = [
      "~ /becomes-folder: file 0644 0:0 2B -> folder 0755 0:0",
      "+ file 0644 0:0 3B /becomes-folder/in", "~ /etc/changed: file 0644 0:0 4B (other content)",
      "~ /etc/mode: file 0600 0:0 2B -> file 0755 0:0 2B", "- folder 0755 0:0 /gone",
      "- folder 0755 0:0 /gone/deep", "- file 0644 0:0 2B /gone/deep/f",
      "~ /lib: symlink 0777 0:0 to usr/lib -> folder 0755 0:0", "+ file 0644 0:0 2B /lib/so2",
      "+ file 0644 0:0 4B /opaque/new", "- file 0644 0:0 2B /opaque/old",
    ]
    #expect(files.map(String.init) == expected)
    #expect(lines.contains("+ config.Env: [\"N=1\"]"))
    #expect(lines.contains("layers (1 in common):"))
    withExtendedLifetime(folder) {}
  }

  @Test func `the same is nothing and status 0`() throws {
    let (folder, path) = try layout()
    let run = try CapturedRun(["diff", "--layout", path, "b", "b", "--files"])
    #expect(run.status == 0)
    #expect(run.output == "")
    let json = try CapturedRun(["diff", "--layout", path, "a", "a", "--json"])
    #expect(json.output == "{\"same\":true,\"differences\":[]}\n")
    withExtendedLifetime(folder) {}
  }

  @Test func `layers that another tool removed are read from what the history keeps`() throws {
    let (folder, path) = try layout()
    // Its first change adopts the layout and links what the tags need.
    let tagged = try CapturedRun(["tag", "--image", path + ":b", "c"])
    #expect(tagged.status == 0, "\(tagged.messages)")
    let before = try CapturedRun(["diff", "--layout", path, "a", "b", "--files", "--json"])
    #expect(before.status == 1)
    for name in ["l1.tar", "l2.tar.gz"] {
      let layer = Digest.sha256(of: try Files.read(folder(name)))
      try Files.remove(path + "/blobs/sha256/" + layer.encoded)
    }
    let after = try CapturedRun(["diff", "--layout", path, "a", "b", "--files", "--json"])
    #expect(after.status == 1, "\(after.messages)")
    #expect(after.output == before.output)
    withExtendedLifetime(folder) {}
  }

  @Test func `files in JSON are a list that parses, whatever their names`() throws {
    let folder = try TemporaryDirectory()
    let builder = try LayoutBuilder(at: folder("layout"))
    let tar = TarBuilder.make { tar in
      tar.file("plain", "x")
      tar.add(TarBuilder.Header(bytes: [0x22, 0x0a, 0x7f, 0x1b, 0xff]))
      tar.hardLink("hard", to: "plain")
      tar.special("device", type: "3", device: (8, 70_000))
      tar.pax([("SCHILY.xattr.user.a", [1])])
      tar.symbolicLink("link", to: "plain")
    }
    let layer = try builder.addBlob(tar, mediaType: .layer)
    for (tag, layers) in [("none", []), ("all", [layer])] {
      var config = ImageConfig(created: .zero, platform: .host)
      for layer in layers { config.appendDiffID(DiffID(layer.digest)) }
      let blob = try builder.addBlob(config.serialized(), mediaType: .imageConfig)
      let manifest = ImageManifest(config: blob, layers: layers)
      builder.tag(tag, try builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    }
    try builder.finish()
    let run = try CapturedRun([
      "diff", "--layout", folder("layout"), "none", "all", "--files", "--json",
    ])
    #expect(run.status == 1, "\(run.messages)")
    let root = try JSONDocument(parsing: Array(run.output.utf8), limits: .blob, named: "o").root
    let part = root.objectValue?["differences"]?.arrayValue?.elements.first?.objectValue
    let files = part?["files"]?.arrayValue?.elements.compactMap(\.objectValue) ?? []
    #expect(
      files.map { $0["path"]?.stringValue } == [
        "/\"\n\u{7f}\u{1b}\u{fffd}", "/device", "/hard", "/link", "/plain",
      ])
    let after = files.compactMap { $0["after"]?.objectValue }
    try #require(after.count == 5)
    #expect(String(decoding: after[1]["device"]?.serialized() ?? [], as: UTF8.self) == "[8,70000]")
    #expect(after[2]["digest"] == after[4]["digest"] && after[2]["type"] == "file")
    #expect(after[3]["target"] == "plain" && after[3]["xattrs"] != nil)
    #expect(files.allSatisfy { $0["before"] == nil })
  }

  @Test func `a damaged layer is told by its digest`() throws {
    let (folder, path) = try layout()
    let layer = Digest.sha256(of: try Files.read(folder("l2.tar.gz")))
    let file = path + "/blobs/sha256/" + layer.encoded
    var bytes = try Files.read(file)
    bytes[bytes.count / 2] ^= 0xff
    try Files.write(bytes, to: file)
    let run = try CapturedRun(["diff", "--layout", path, "a", "b", "--files"])
    #expect(run.status == 65)
    #expect(run.messages.contains("digest mismatch"), "\(run.messages)")
  }

  @Test func `states, show and a dry undo tell how images differ`() throws {
    let fixture = try ImageFixture(ImageFixture.plainConfig)
    let path = fixture.path
    let edit = ["config", "--image", path + ":a", "--durability", "relaxed", "--author", "Later"]
    #expect(try fixture.run(edit).status == 0)
    let line = #"~ author: "Ann" -> "Later""#
    for words in [["a@{1}", "a"], ["op:2^", "op:2"], ["op:1", "op:@"]] {
      let run = try fixture.run(["diff", "--layout", path] + words)
      #expect(run.status == 1, "\(run.messages)")
      #expect(run.output.contains(line))
    }
    #expect(try fixture.run(["show", "--layout", path, "2"]).output.contains(line))
    let undo = try fixture.run(["undo", "--layout", path, "--dry-run"], dice: 9)
    #expect(undo.output.contains(#"~ author: "Later" -> "Ann""#), "\(undo)")
    #expect(try fixture.run(["diff", "--layout", path, "a", "op:1"]).status == 64)
    #expect(try fixture.run(["diff", "--layout", path, "a", "absent"]).status == 66)
  }
}
