import Glibc
import Journal
import Layers
import Mutations
import Store
import TestSupport
import Testing

@testable import umoci_tx

/// `insert` (umoci-behaviour §9.1).
@Suite struct InsertTests {
  @Test func `a file becomes a layer with a history entry, and the old tag stays`() throws {
    let rig = try LayerRig()
    let before = try rig.image("a")
    try rig.succeed("insert", "--tag", "b", rig("file"), "/usr/bin/file")
    let (manifest, config) = try rig.image("b")
    #expect(try rig.image("a").manifest.serialized() == before.manifest.serialized())
    #expect(manifest.layers.count == 1 && config.diffIDs.count == 1)
    #expect(manifest.layers[0].mediaType == .layerGzip)
    #expect(manifest.layers[0].annotations["ci.umo.uncompressed_blob_size"] == "2048")
    let entry = try #require(config.history.last)
    #expect(entry.createdBy == "umoci insert" && entry.author == nil && !entry.isEmptyLayer)
    #expect(entry.json["empty_layer"] == nil && entry.created == .fixed)
    #expect(config.author == "Ann" && config.created == .fixed)
    #expect(try rig.names("b") == ["usr/bin/file"])
    let problems = try rig.problems()
    #expect(problems == [])
  }

  @Test func `several sources make one layer, folders with all that is in them`() throws {
    let rig = try LayerRig()
    try rig.succeed("insert", rig("dir"), "/x/y/", rig("file"), "z", "--opaque")
    #expect(
      try rig.names("a")
        == ["x/y/.wh..wh..opq", "x/y/", "x/y/other", "z/.wh..wh..opq", "z"])
    try rig.succeed("insert", "--whiteout", "/x/y", "z")
    #expect(try rig.names("a") == ["x/.wh.y", ".wh.z"])
    let (manifest, config) = try rig.image("a")
    #expect(manifest.layers.count == 2 && config.history.count == 2)
  }

  @Test func `the root of the image can be a target`() throws {
    let rig = try LayerRig()
    try rig.succeed("insert", rig("dir"), "/")
    #expect(try rig.names("a") == ["./", "other"])
    try rig.succeed("insert", "--opaque", rig("dir") + "/", ".")
    #expect(try rig.names("a") == [".wh..wh..opq", "./", "other"])
  }

  @Test func `a symbolic link is put in as one, also with a slash at its end`() throws {
    let rig = try LayerRig()
    try Files.link(rig("link"), to: "dir")
    try rig.succeed("insert", rig("link"), "/l1", rig("link") + "//", "/l2")
    #expect(try rig.names("a") == ["l1", "l2"])
  }

  @Test(arguments: [
    ([MediaType](), MediaType.layerGzip), ([.layerZstd, .layer], .layerZstd),
    ([.layerZstd, .layerGzip], .layerGzip), ([.layer], .layerGzip),
    ([.layerGzip, "application/vnd.example+lzma"], .layerGzip),
  ])
  func `compression goes on as the image began`(_ layers: [MediaType], _ type: MediaType) throws {
    let rig = try LayerRig(layers)
    try rig.succeed("insert", rig("file"), "/file")
    #expect(try rig.layer("a").mediaType == type)
  }

  @Test(arguments: [
    (["--compress", "none"], MediaType.layer), (["--compress="], .layer),
    (["--compress", "zstd", "--compress-level", "19"], .layerZstd),
    (["--compress", "gzip", "--compress-level", "1"], .layerGzip),
  ])
  func `compression is what was asked for`(_ flags: [String], _ type: MediaType) throws {
    let rig = try LayerRig([.layerZstd])
    let run = try CapturedRun(
      ["insert", "--image", rig.layout + ":a"] + flags + [rig("file"), "/file"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(try rig.layer("a").mediaType == type)
    let size = try rig.layer("a").annotations["ci.umo.uncompressed_blob_size"]
    #expect(size == (type == .layer ? nil : "2048"))
    #expect(try rig.names("a") == ["file"])
  }

  @Test func `history and annotations are what was asked for`() throws {
    let rig = try LayerRig()
    try rig.succeed(
      "insert", "--history.author", "B", "--history.comment", "C", "--history.created_by", "D",
      "--history.created", "2020-01-02T03:04:05+01:00", "--layer.annotation", "x=y=z",
      "--layer.annotation", "ci.umo.uncompressed_blob_size=7", rig("file"), "/file")
    let entry = try #require(try rig.image("a").config.history.last)
    #expect(entry.author == "B" && entry.comment == "C" && entry.createdBy == "D")
    #expect(entry.created?.description == "2020-01-02T03:04:05+01:00")
    let annotations = try rig.layer("a").annotations
    #expect(annotations["x"] == "y=z" && annotations["ci.umo.uncompressed_blob_size"] == "7")
    let run = try rig.run("insert", "--no-history", rig("file"), "/file2")
    #expect(run.status == 0 && run.messages.contains("--no-history"))
    #expect(try rig.image("a").config.history.count == 1)
    #expect(try rig.image("a").manifest.layers.count == 2)
  }

  @Test func `the same sources and SOURCE_DATE_EPOCH give the same image`() throws {
    let rig = try LayerRig()
    for tag in ["x", "y"] {
      let run = try rig.run(
        "insert", "--tag", tag, rig("dir"), "/dir",
        environment: ["SOURCE_DATE_EPOCH": "1000000000"])
      #expect(run.status == 0, "\(run.messages)")
    }
    let images = (try rig.image("x"), try rig.image("y"))
    #expect(images.0.manifest.serialized() == images.1.manifest.serialized())
    #expect(images.0.config.history.last?.created?.secondsSinceEpoch == 1_000_000_000)
    let blob = rig.layout + "/blobs/" + BlobStore.relativePath(of: try rig.layer("x").digest)
    let listing = try ExternalCommand.run(
      ["tar", "--utc", "--full-time", "-tvzf", blob]
    ).standardOutput
    #expect(listing.split(separator: "\n").allSatisfy { $0.contains("2001-09-09 01:46:40") })
  }

  static let mistakes: [([String], Int32)] = [
    (["insert"], 64), (["insert", "SRC"], 64), (["insert", "SRC", "/a", "SRC"], 64),
    (["insert", "", "/a"], 64), (["insert", "SRC", ""], 64), (["insert", "--whiteout"], 64),
    (["insert", "--whiteout", "--opaque", "/a"], 64),
    (["insert", "--compress", "lzma", "SRC", "/a"], 64),
    (["insert", "--compress-level", "20", "SRC", "/a"], 64),
    (["insert", "--compress-level", "x", "SRC", "/a"], 64),
    (["insert", "--compress", "none", "--compress-level", "1", "SRC", "/a"], 64),
    (["insert", "--layer.annotation", "x", "SRC", "/a"], 64),
    (["insert", "--no-history", "--history.author", "x", "SRC", "/a"], 64),
    (["insert", "--uid-map", "x", "SRC", "/a"], 64),
    (["insert", "--tag", "", "SRC", "/a"], 64),
    (["insert", "/nonexistent/file", "/a"], 66),
    (["insert", "SRC", "../a"], 65), (["insert", "SRC", "/b/.wh.x"], 65),
    (["insert", "--whiteout", "/"], 65), (["insert", "--whiteout", "/b/.wh.x"], 65),
    (["raw", "add-layer"], 64), (["raw", "add-layer", "/nonexistent"], 66),
    (["raw", "add-layer", "SRC"], 65), (["raw", "add-layer", "/tmp"], 65),
    (["raw", "add-layer", "/dev/null"], 65),
  ]

  @Test(arguments: mistakes)
  func `a mistake changes nothing`(_ words: [String], _ status: Int32) throws {
    let rig = try LayerRig()
    let before = try Files.listing(rig.layout)
    let words = words.map { $0 == "SRC" ? rig("file") : $0 }
    let name = Array(words.prefix(words[0] == "raw" ? 2 : 1))
    let run = try CapturedRun(
      name + ["--image", rig.layout + ":a"] + words.dropFirst(name.count))
    #expect(run.status == status, "\(run.messages)")
    #expect(run.messages.contains("error: "))
    if status == 66 { #expect(run.messages.contains("hint: "), "\(run.messages)") }
    #expect(try Files.listing(rig.layout) == before)
  }

  @Test func `a source that cannot be stored leaves nothing`() throws {
    let rig = try LayerRig()
    try rig.succeed("insert", rig("file"), "/first")
    let before = try rig.tags()
    try Files.write("", to: rig("dir/.wh.bad"))
    let run = try rig.run("insert", rig("file"), "/second", rig("dir"), "/dir")
    #expect(run.status == 65 && run.messages.contains(".wh.bad"), "\(run.messages)")
    #expect(try rig.tags() == before)
    let problems = try rig.problems()
    #expect(problems == [])
  }

  @Test func `a layout cannot be put into itself`() throws {
    let rig = try LayerRig()
    try rig.succeed("insert", rig("file"), "/first")
    try Files.write([UInt8](repeating: 1, count: 3 << 20), to: rig.folder("before the layout"))
    let run = try rig.run("insert", "--compress", "none", rig.folder.path, "/all")
    #expect(run.status == 64 && run.messages.contains("holds the layout itself"), "\(run)")
    let problems = try rig.problems()
    #expect(problems == [])
  }

  @Test func `a dry run tells the image that would be made, and makes nothing`() throws {
    let rig = try LayerRig()
    try rig.succeed("insert", rig("file"), "/first")
    let before = try Files.listing(rig.layout)
    let dry = try rig.run("insert", "--dry-run", rig("file"), "/second")
    #expect(dry.status == 0 && dry.output.contains("would change"))
    #expect(try Files.listing(rig.layout) == before)
    try rig.succeed("insert", rig("file"), "/second")
    let digest = try #require(try rig.tags()?.first?.split(separator: "=").last)
    #expect(dry.output.contains(digest), "\(dry.output)")
  }

  @Test func `a dry run shows what would go into the layer`() throws {
    let rig = try LayerRig()
    func shown(_ words: String...) throws -> [String] {
      let name = Array(words.prefix(words[0] == "raw" ? 2 : 1))
      let run = try CapturedRun(
        name + ["--image", rig.layout + ":a", "--dry-run"] + words.dropFirst(name.count))
      #expect(run.status == 0, "\(run.messages)")
      return run.output.split(separator: "\n").dropFirst(3).map(String.init)
    }
    #expect(
      try shown("insert", rig("dir"), "/d", rig("file"), "/etc/f") == [
        "  + /d", "  + /d/other (5B)", "  + /etc/f (7B)",
        "3 added, 0 changed, 0 removed; 12B of files",
      ])
    #expect(
      try shown("insert", "--opaque", rig("dir"), "/") == [
        "  - /*", "  + /", "  + /other (5B)", "2 added, 0 changed, 1 removed; 5B of files",
      ])
    #expect(
      try shown("insert", "--whiteout", "/etc/x", "y") == [
        "  - /etc/x", "  - /y", "0 added, 0 changed, 2 removed; 0B of files",
      ])
    let tar = rig.folder("layer.tar")
    try ExternalCommand.run(
      [
        "sh", "-c",
        "mkdir a && : >a/.wh.gone && : >a/.wh..wh..opq && tar -czf $0 ./dir ./a/.wh.* ./file", tar,
      ], in: rig.folder("src"))
    let lines = ["  + /dir", "  + /dir/other (5B)", "  - /a/*", "  - /a/gone", "  + /file (7B)"]
    #expect(
      try shown("raw", "add-layer", tar).sorted()
        == (lines + ["3 added, 0 changed, 2 removed; 12B of files"]).sorted())
    let json = try rig.run("insert", "--dry-run", "--json", "--opaque", rig("file"), "/f").output
    #expect(json.contains(#""kind":"hidden""#) && json.contains(#""layer":{"mediaType""#))
    let done = try rig.run("insert", "--json", rig("file"), "/f").output
    #expect(done.contains(#""layer":{"mediaType""#) && !done.contains(#""changes""#), "\(done)")
  }

  @Test(arguments: ["insert", "raw add-layer", "repack"])
  func `progress is shown when it is asked for, and else only on a terminal`(
    _ command: String
  ) throws {
    let rig = try RepackRig()
    try rig.change("head -c 3000000 /dev/urandom > new")
    let tar = rig.rig.folder("layer.tar")
    try ExternalCommand.run(["tar", "-cf", tar, "-C", rig.rootfs, "new"])
    let operands = [
      "insert": [rig.rootfs + "/new", "/new"], "raw add-layer": [tar], "repack": [rig.bundle],
    ]
    let words =
      command.split(separator: " ").map(String.init) + ["--image", rig.layout]
      + (operands[command] ?? [])
    let quiet = try rig.run(words)
    #expect(quiet.status == 0 && quiet.messages == "", "\(quiet.messages)")
    let json = try rig.run(words + ["--progress", "json"])
    #expect(json.messages.contains(#"{"layer":1,"layers":1,"bytes":"#), "\(json.messages)")
    #expect(json.messages.firstRange(of: /"total_bytes":30[0-9]{5},/) != nil, "\(json.messages)")
    #expect(json.messages.contains("files_compared") == (command == "repack"))
    let plain = try rig.run(words + ["--progress=plain"])
    #expect(plain.messages.contains("layer 1 of 1  "), "\(plain.messages)")
    #expect(try rig.run(words + ["--progress", "loud"]).status == 64)
    try Files.write("\(command) latest --progress=none x", to: rig.rig.folder("lines"))
    let batch = try rig.run(["batch", "--layout", rig.layout, rig.rig.folder("lines")])
    #expect(batch.status == 64 && batch.messages.contains("--progress cannot stand"))
  }

  @Test func `a tag that moves meanwhile is a conflict`() throws {
    let rig = try LayerRig()
    try rig.succeed("insert", "--tag", "b", rig("file"), "/first")
    let addition = LayerAddition(
      ImageSource(try TagReference(parsing: "a", now: .fixed)),
      to: try ReferenceName(parsing: "a"), LayerSettings())
    var insertion = InsertFiles(
      .files([.init(source: rig("file"), target: "/x")], isOpaque: false), addition)
    insertion.check = {
      let moved = try CapturedRun(["tag", "--image", rig.layout + ":b", "a"], dice: 8)
      #expect(moved.status == 0, "\(moved.messages)")
    }
    let runner = MutationRunner(
      layout: try ImageLayout.open(rig.layout), invocation: .fixed(dice: 8),
      options: WritingOptions(durability: .relaxed))
    let error = #expect(throws: JournalError.self) { try runner.run(insertion) }
    #expect(error?.category == .busy)
    #expect(try rig.image("a").manifest.serialized() == rig.image("b").manifest.serialized())
    let problems = try rig.problems()
    #expect(problems == [])
  }

  @Test func `an expectation that does not hold is a conflict`() throws {
    let rig = try LayerRig()
    let run = try rig.run("insert", "--expect", "none", rig("file"), "/x")
    #expect(run.status == 75)
    #expect(try rig.run("insert", "--expect", "none", "--tag", "n", rig("file"), "/x").status == 0)
  }

  @Test func `in a batch, later lines put their layers on those of earlier ones`() throws {
    let rig = try LayerRig()
    let tar = rig.folder("layer.tar")
    try ExternalCommand.run(["tar", "-C", rig("dir"), "-cf", tar, "other"])
    try Files.write(
      """
      insert a --tag b \(rig("file")) /one \(rig("file")) /two
      raw add-layer b --compress zstd \(tar)
      insert b --whiteout /one
      tag b c
      """, to: rig.folder("batch"))
    let run = try CapturedRun(["batch", "--layout", rig.layout, rig.folder("batch")], dice: 8)
    #expect(run.status == 0, "\(run.messages)")
    let (manifest, config) = try rig.image("c")
    #expect(manifest.layers.map(\.mediaType) == [.layerGzip, .layerZstd, .layerZstd])
    #expect(
      config.history.compactMap(\.createdBy)
        == ["umoci insert", "umoci raw add-layer", "umoci insert"])
    let problems = try rig.problems()
    #expect(problems == [])
    let undone = try CapturedRun(["undo", "--layout", rig.layout], dice: 8)
    #expect(undone.status == 0)
    #expect(try rig.tags()?.count == 1)
  }

  @Test(arguments: ["gzip", "zstd", "none"])
  func `a large file takes little memory`(_ compression: String) throws {
    let rig = try LayerRig()
    let make = "head -c 60000000 /dev/urandom >\"$0\"; cat \"$0\" >>\"$0.b\""
    try ExternalCommand.run(["sh", "-c", make, rig("large")])
    let measure = """
      import resource, subprocess, sys
      status = subprocess.call(sys.argv[1:])
      print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
      """
    let outcome = try ExternalCommand.run([
      "python3", "-c", measure, BuiltProgram.path, "insert", "--image", rig.layout + ":a",
      "--compress", compression, rig("large"), "/large", rig("large.b"), "/large.b",
    ])
    let words = outcome.standardOutput.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    try #require(words.count == 2 && words[0] == 0, "\(outcome)")
    #expect(words[1] < 64 << 10, "\(words[1]) KiB")
    let problems = try rig.problems()
    #expect(problems == [])
  }
}
