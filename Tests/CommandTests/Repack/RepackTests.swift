import Glibc
import Journal
import Mutations
import Store
import TestSupport
import Testing

@testable import umoci_tx

@Suite struct RepackTests {
  @Test(arguments: [
    (["repack", "--image", "x"], "missing mandatory argument: <bundle>"),
    (["repack", "bundle"], "missing mandatory argument: --image"),
    (["repack", "--image", "x", ""], "invalid <bundle>: the path is empty"),
    (["repack", "--image", "x:a@{1}", "b"], "an earlier value of a tag cannot be written"),
    (["repack", "--image", "x", "--compress", "rar", "b"], "\"rar\" is none of"),
    (["repack", "--image", "x", "--no-history", "--history.author", "a", "b"], "exclusive"),
  ])
  func `a wrong command line says what is wrong`(_ words: [String], _ text: String) throws {
    let run = try CapturedRun(words)
    #expect(run.status == 64)
    #expect(run.messages.contains(text), "\(run.messages)")
  }

  @Test func `what has changed goes into one layer, and the bundle stays as it is`() throws {
    let rig = try RepackRig()
    let before = try rig.base()
    try rig.change("echo new > etc/new && rm -r usr && chmod 0700 etc/one")
    let run = try rig.repack("next")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output == "" && run.messages == "")
    #expect(
      try rig.names(inLayerOf: "next") == ["./", "etc/", "etc/new", "etc/one", ".wh.usr"])
    #expect(try rig.factsOfNewBundle("next") == rig.facts())
    let after = try rig.base()
    #expect(before.manifest == after.manifest && before.mtreeFiles == after.mtreeFiles)
    #expect(rig.findings == [])
  }

  @Test func `a refreshed bundle is based on the new image`() throws {
    let rig = try RepackRig()
    try rig.change("echo new > etc/new")
    #expect(try rig.repack("next", ["--refresh-bundle"]).status == 0)
    let base = try rig.base()
    #expect(try base.manifest == rig.digest("next"))
    #expect(base.mtreeFiles == ["sha256_\(base.manifest?.dropFirst(7) ?? "").mtree"])
    #expect(
      try Files.names(in: rig.bundle) == [
        "config.json", "rootfs", base.mtreeFiles[0], "umoci-tx-stat-cache", "umoci.json",
      ])
    let check = try CapturedRun([
      "raw", "mtree-validate", "-f", rig.bundle + "/" + base.mtreeFiles[0], "-p", rig.rootfs,
    ])
    #expect(check.status == 0 && check.output == "", "\(check)")
    try rig.change("rm etc/one && touch -d @5 etc")
    #expect(try rig.repack("next", ["--refresh-bundle"]).status == 0)
    let names = try rig.names(inLayerOf: "next")
    #expect(names == ["etc/", "etc/.wh.one"], "\(names)")
    #expect(try rig.factsOfNewBundle("next") == rig.facts())
    let leases = try CapturedRun(["status", "--layout", rig.layout, "--json"])
    #expect(leases.output.contains(try rig.base().manifest ?? "?"), "\(leases.output)")
  }

  @Test func `a bundle without changes says so`() throws {
    let rig = try RepackRig()
    let run = try rig.run(
      ["repack", "--image", rig.layout + ":next", rig.bundle], isTerminal: true)
    #expect(run.status == 0)
    #expect(run.messages.contains("nothing has changed in the bundle"), "\(run.messages)")
    let stat = try CapturedRun(["stat", "--image", rig.layout + ":next", "--json"]).output
    #expect(stat.contains(#""created_by":"umoci repack""#) && stat.contains(#""empty_layer":true"#))
    let same = try rig.repack("same", ["--no-history"])
    #expect(same.status == 0)
    #expect(try rig.repack("same again", ["--no-history"]).status == 64)
    #expect(try rig.repack("same-again", ["--no-history"]).status == 0)
    #expect(try rig.digest("same") == rig.digest("same-again"))
    let again = try rig.run(
      ["repack", "--image", rig.layout + ":same", "--no-history", rig.bundle], isTerminal: true)
    #expect(again.messages.contains("nothing to do"), "\(again.messages)")
  }

  @Test func `masks and volumes stay out of the layer`() throws {
    let rig = try RepackRig(config: ["Volumes": ["/data": [:]]])
    try rig.change("echo x > data/x && echo x > usr/x && echo x > etc/x && rm data/kept")
    let masks = ["--mask-path", "/usr", "--mask-path", "etc/../."]
    let dry = try rig.repack("masked", masks + ["--dry-run"])
    #expect(dry.output.contains("nothing has changed in the bundle"), "\(dry.output)")
    #expect(try rig.repack("volumes", ["--mask-path", "/usr"]).status == 0)
    #expect(try rig.names(inLayerOf: "volumes") == ["etc/", "etc/x"])
    #expect(try rig.repack("all", ["--no-mask-volumes"]).status == 0)
    #expect(
      try rig.names(inLayerOf: "all") == [
        "data/", "data/.wh.kept", "data/x", "etc/", "etc/x", "usr/", "usr/x",
      ])
  }

  @Test func `a dry run shows the layer and changes nothing`() throws {
    let rig = try RepackRig()
    try rig.change("printf 0123456789 > etc/new && rm etc/one && chmod 0700 usr")
    let before = try Files.listing(rig.rig.folder.path)
    let run = try rig.repack("next", ["--dry-run", "--refresh-bundle"])
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(
      Array(lines.dropFirst(2)) == [
        "in the layer:", "  ~ /etc", "  + /etc/new (10B)", "  - /etc/one (4B)", "  ~ /usr",
        "1 added, 2 changed, 1 removed; 10B of files",
      ], "\(run.output)")
    let json = try rig.repack("next", ["--dry-run", "--json"]).output
    #expect(json.contains(#"{"path":"/etc/new","kind":"added","size":10}"#), "\(json)")
    #expect(try Files.listing(rig.rig.folder.path) == before)
  }

  @Test(arguments: [["--compress-level", "99"], ["--compress", "none", "--compress-level", "3"]])
  func `a level that does not exist is refused, also when nothing has changed`(
    _ options: [String]
  ) throws {
    let run = try RepackRig().repack("next", options)
    #expect(run.status == 64 && run.messages.contains("has no level"), "\(run.messages)")
  }

  @Test func `a wish to stop is heard while the bundle is compared`() throws {
    struct Stop: Error {}
    let rig = try RepackRig()
    try rig.change("echo new > etc/new")
    let before = try Files.listing(rig.bundle)
    for (count, isFull) in [(1, false), (6, false), (6, true)] {
      var options = RepackBundle.Options()
      options.isFull = isFull
      options.refreshesBundle = true
      var repack = RepackBundle(
        rig.bundle, to: try ReferenceName(parsing: "next"), LayerSettings(), options: options)
      var files = 0
      repack.onProgress = { if case .compared(let count) = $0 { files = count } }
      repack.check = { if files == count { throw Stop() } }
      let runner = MutationRunner(
        layout: try ImageLayout.open(rig.layout), invocation: .fixed(dice: 8),
        options: WritingOptions(durability: .relaxed))
      #expect(throws: Stop.self) { try runner.run(repack) }
      #expect(try Files.listing(rig.bundle) == before)
      #expect(try rig.digest("next") == nil)
    }
  }

  @Test func `an mtree file nested without end costs neither time nor memory`() throws {
    let rig = try RepackRig()
    try rig.change(
      """
      cd .. && rm *-cache && m=$(ls *.mtree) && (echo '. type=dir'; \
        yes 'a type=dir' | head -n 300000) > $m
      """)
    let run = try ExternalCommand.run([
      "prlimit", "--as=\(1 << 30)", BuiltProgram.path, "repack", "--dry-run", "--image",
      rig.layout + ":next", rig.bundle,
    ])
    #expect(run.status == 0, "\(run)")
    #expect(run.standardOutput.contains("  - /a\n"), "\(run)")
    let path = try Files.names(in: rig.bundle).first { $0.hasSuffix(".mtree") } ?? ""
    let validation = try ExternalCommand.run([
      "prlimit", "--as=\(1 << 30)", BuiltProgram.path, "raw", "mtree-validate", "-f",
      rig.bundle + "/" + path, "-p", rig.rootfs,
    ])
    #expect(validation.status == 65, "\(validation)")
    #expect(validation.standardError.contains("not in the tree"), "\(validation)")
  }

  @Test func `annotations, compression, author and time are as they are asked for`() throws {
    let rig = try RepackRig()
    try rig.change("head -c 100000 /dev/zero > zeros")
    let run = try rig.run(
      [
        "repack", "--image", rig.layout + ":next", "--layer.annotation", "org.example=a=b",
        "--compress", "zstd", "--history.author", "me", "--history.comment", "why", rig.bundle,
      ], environment: ["SOURCE_DATE_EPOCH": "1500000000"])
    #expect(run.status == 0, "\(run.messages)")
    let stat = try CapturedRun(["stat", "--image", rig.layout + ":next", "--json"]).output
    for text in [
      #""org.example":"a=b""#, #""ci.umo.uncompressed_blob_size":""#, "tar+zstd",
      #""created":"2017-07-14T02:40:00Z""#, #""author":"me""#, #""comment":"why""#,
    ] { #expect(stat.contains(text), "\(text) in \(stat)") }
    let facts = try rig.factsOfNewBundle("next")
    #expect(facts.contains { $0.contains("zeros") && $0.hasSuffix(" 1500000000") }, "\(facts)")
  }

  @Test func `a repack is a line of a batch`() throws {
    let rig = try RepackRig()
    try rig.change("echo new > etc/new")
    try Files.write(
      "repack next --refresh-bundle \(rig.bundle)\nconfig next --author me\ntag next other\n",
      to: rig.rig.folder("lines"))
    let run = try ExternalCommand.run([
      "sh", "-c", "exec $0 batch --layout $1 < $2", BuiltProgram.path, rig.layout,
      rig.rig.folder("lines"),
    ])
    #expect(run.status == 0, "\(run)")
    #expect(try rig.digest("next") == rig.digest("other"))
    #expect(try rig.base().manifest != rig.digest("next"))
    #expect(try rig.factsOfNewBundle("other") == rig.facts())
    #expect(rig.findings == [])
    #expect(try rig.repack("again").status == 0)
  }

  @Test func `a tag that is not what was expected is a conflict, and the bundle stays`() throws {
    let rig = try RepackRig()
    try rig.change("echo new > etc/new")
    let before = try Files.listing(rig.bundle)
    let run = try rig.repack("latest", ["--expect", "none", "--refresh-bundle"])
    #expect(run.status == 75)
    #expect(try Files.listing(rig.bundle) == before)
  }

  @Test(arguments: [
    ("rm $B/umoci.json", 66, "umoci.json"), ("rm $B/*.mtree", 66, "the bundle is incomplete"),
    ("rm -r $B/rootfs", 66, "the bundle is incomplete"),
    ("mv $B/rootfs ../elsewhere; ln -s ../elsewhere $B/rootfs", 66, "the bundle is incomplete"),
    ("mv $B/rootfs ../elsewhere; : > $B/rootfs", 66, "the bundle is incomplete"),
    ("mv $B/umoci.json ../j; ln -s ../j $B/umoci.json", 66, "the bundle is incomplete"),
    ("m=$(ls $B/*.mtree); mv $m ../m; ln -s ../m $m", 66, "the bundle is incomplete"),
    ("mv $B ../b", 66, "there is no bundle at"), ("mv $B ../b; : > $B", 66, "no bundle at"),
    ("echo '{' > $B/umoci.json", 65, "umoci.json"),
    ("head -c 2000000 /dev/zero > $B/umoci.json", 65, "is larger than"),
    ("printf 'a\\\\q type=file\\n' > $(ls $B/*.mtree); rm $B/*-cache", 65, "is no mtree file"),
    ("cd $B; rm *.mtree; mkdir $(cat ../name)", 66, "the bundle is incomplete"),
    ("mkfifo $B/x; mv $B/x $(ls $B/*.mtree)", 66, "the bundle is incomplete"),
    (
      "rm -r $L/.ocitx; d=$(grep -o 'sha256:[0-9a-f]*' $B/umoci.json | head -1); "
        + "rm $L/blobs/sha256/${d#*:}", 66, "does not have the image"
    ),
    ("mkdir $B/rootfs/.wh.x", 65, ".wh."),
  ])
  func `what cannot be repacked is refused and nothing changes`(
    script: String, status: Int32, text: String
  ) throws {
    let rig = try RepackRig()
    try rig.change(
      "B=\(rig.bundle) L=\(rig.layout); cd $B && ls -d *.mtree > ../name; \(script) || true")
    let before = try Files.listing(rig.layout + "/blobs")
    let run = try rig.repack("next", ["--refresh-bundle"])
    let hasHint = run.messages.contains("hint:")
    #expect(run.status == status, "\(run.messages)")
    #expect(run.messages.contains(text), "\(run.messages)")
    #expect(hasHint, "\(run.messages)")
    #expect(try Files.listing(rig.layout + "/blobs") == before)
    #expect(!Files.exists(rig.bundle + "/.umoci-tx-refresh"))
  }

  @Test func `a changed attribute is in the layer, whatever stands beside it`() throws {
    let rig = try RepackRig([
      TarBuilder.make { tar in
        tar.pax([
          ("SCHILY.xattr.user.big", [UInt8](repeating: 0x62, count: 1500)),
          ("SCHILY.xattr.user.small", Array("one".utf8)),
        ])
        tar.file("p", "1")
        tar.file("q", "1")
      }
    ])
    let same = try rig.repack("same")
    #expect(same.messages == "", "\(same)")
    try rig.change("setfattr -n user.small -v two p && touch -d @1600000000 p q")
    #expect(try rig.repack("next").status == 0)
    #expect(try rig.names(inLayerOf: "next") == ["p"])
    try rig.change("setfattr -x user.big p && setfattr -x user.small p")
    #expect(try rig.repack("less").status == 0)
    #expect(try rig.names(inLayerOf: "less") == ["p"])
    // Without the cache it is unknown what the attributes were: then the file is in the layer.
    try rig.change("setfattr -n user.big -v $(printf %01500d 0) p && rm ../umoci-tx-stat-cache")
    #expect(try rig.repack("full").status == 0)
    #expect(try rig.names(inLayerOf: "full") == ["p"])
  }

  @Test func `a socket is left out with a warning, and what it has replaced is gone`() throws {
    let rig = try RepackRig()
    try Self.makeSocket("s", in: rig.rootfs + "/etc")
    try rig.change("touch -d @1600000000 etc")
    let run = try rig.repack("next")
    #expect(run.status == 0)
    #expect(run.messages.contains("etc/s\" is a socket and is left out"), "\(run)")
    try rig.change("rm etc/one")
    try Self.makeSocket("one", in: rig.rootfs + "/etc")
    #expect(try rig.repack("gone").status == 0)
    let names = try rig.names(inLayerOf: "gone")
    #expect(names.contains("etc/.wh.one") && !names.contains("etc/one"), "\(names)")
  }

  private static func makeSocket(_ name: String, in folder: String) throws {
    let directory = open(folder, O_RDONLY | O_DIRECTORY)
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(socket)
      close(directory)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = "/proc/self/fd/\(directory)/\(name)"
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
    }
    try #require(bound == 0)
  }

  @Test func `what is inserted goes where links of the image lead, and they stay`() throws {
    let rig = try RepackRig([
      TarBuilder.make { tar in
        tar.directory("usr")
        tar.directory("usr/lib")
        tar.file("usr/lib/a", "1")
        tar.symbolicLink("lib", to: "usr/lib")
        tar.symbolicLink("file", to: "usr/lib/a")
      }
    ])
    try Files.makeDirectory(rig.layout + "-src")
    try Files.makeDirectory(rig.layout + "-src/lib")
    try Files.write("x", to: rig.layout + "-src/lib/x")
    let source = rig.layout + "-src"
    let cases: [([String], [String])] = [
      ([source + "/lib", "/lib"], ["usr/lib/", "usr/lib/x"]),
      ([source, "/"], ["./", "usr/lib/", "usr/lib/x"]),
      ([source + "/lib/x", "/lib/new/y"], ["usr/lib/new/y"]),
      ([source + "/lib/x", "/file"], ["file"]),
      ([source + "/lib", "/lib", "--opaque"], ["usr/lib/.wh..wh..opq", "usr/lib/", "usr/lib/x"]),
      (["--whiteout", "/lib/a"], ["usr/lib/.wh.a"]),
      (["--whiteout", "/lib"], [".wh.lib"]),
    ]
    for (number, (words, expected)) in cases.enumerated() {
      let run = try rig.run(
        ["insert", "--image", rig.layout + ":latest", "--tag", "t\(number)"] + words)
      #expect(run.status == 0 && run.messages == "", "\(words): \(run)")
      #expect(try rig.names(inLayerOf: "t\(number)") == expected, "\(words)")
    }
  }
}
