import Glibc
import Store
import TestSupport
import Testing

@testable import umoci_tx

@Suite struct UnpackCommandTests {
  private static let layer = TarBuilder.make { tar in
    tar.directory("etc")
    tar.file("etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:7:8::/home/app:/bin/sh\n")
    tar.file("file", "content")
  }

  @Test(arguments: [
    (["unpack"], "missing mandatory argument: <bundle>"),
    (["unpack", "bundle"], "missing mandatory argument: --image"),
    (["unpack", "--image", "x", ""], "invalid <bundle>: the path is empty"),
    (["unpack", "--image", ":a", "b"], "invalid --image: the path is empty"),
    (["unpack", "--image", "x", "--uid-map", "1:2:3:4", "b"], "'1:2:3:4' is not an id mapping"),
    (["unpack", "--image", "x", "-gid-map", "-1:2", "b"], "'-1:2' is not an id mapping"),
    (["unpack", "--image", "x", "--platform", "linux", "b"], "\"linux\" is no platform"),
    (["unpack", "--image", "x", "--progress", "loud", "b"], "\"loud\" is none of"),
    (["unpack", "--image", "x", "--durability", "some", "b"], "neither `full` nor `relaxed`"),
    (["unpack", "--image", "x", "--max-ratio", "0", "b"], "\"0\" is no number above 0"),
    (["unpack", "--image", "x", "--max-layer-size", "9999999T", "b"], "is no number"),
    (["raw", "unpack", "--image", "x"], "missing mandatory argument: <rootfs>"),
    (["raw", "config", "--image", "x"], "missing mandatory argument: <file>"),
  ])
  func `a wrong command line says what is wrong`(_ words: [String], _ text: String) throws {
    let run = try CapturedRun(words)
    #expect(run.status == 64)
    #expect(run.messages.contains(text), "\(run.messages)")
  }

  @Test func `a bundle has its parts and nothing else`() throws {
    let rig = try UnpackRig()
    let manifest = try rig.image([Self.layer], config: ["User": "app"])
    let run = try rig.unpack()
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output == "" && run.messages == "")
    #expect(
      try Files.names(in: rig.bundle) == [
        "config.json", "rootfs", "sha256_\(manifest.digest.encoded).mtree",
        "umoci-tx-stat-cache", "umoci.json",
      ])
    #expect(try Files.mode(of: rig.bundle) & 0o777 == 0o700)
    let config = String(decoding: try Files.read(rig.bundle + "/config.json"), as: UTF8.self)
    #expect(config.contains("\"uid\": 7"))
    #expect(try Files.read(rig.bundle + "/rootfs/file") == Array("content".utf8))
  }

  @Test func `what is in the way stays as it is`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer])
    try Files.makeDirectory(rig.bundle + "/rootfs")
    try Files.write("mine", to: rig.bundle + "/rootfs/file")
    let before = try Files.listing(rig.bundle)
    let run = try rig.unpack()
    #expect(run.status == 73)
    #expect(run.messages.contains("exists already"))
    #expect(try Files.listing(rig.bundle) == before)
    #expect(
      try rig.run("status", "--layout", rig.layout, "--json").output.contains("\"bundles\":[]"))
  }

  @Test func `an unknown user fails and leaves nothing`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer], config: ["User": "nobody-here"])
    let run = try rig.unpack()
    #expect(run.status != 0 && run.status != 70)
    #expect(try rig.isPlaceUntouched())
  }

  @Test func `a layer too few or too many is refused`() throws {
    let rig = try UnpackRig()
    let layer = try rig.builder.addBlob(Self.layer, mediaType: .layer)
    let config = try rig.builder.addBlob(
      #"{"os":"linux","architecture":"amd64","config":{},"rootfs":{"type":"layers","diff_ids":[]}}"#,
      mediaType: .imageConfig)
    var manifest = ImageManifest(config: config, layers: [layer])
    manifest.setMediaType(.imageManifest)
    rig.builder.tag(
      "latest", try rig.builder.addBlob(manifest.serialized(), mediaType: .imageManifest))
    try rig.builder.finish()
    let run = try rig.unpack()
    #expect(run.status == 65)
    #expect(run.messages.contains("1 layers, but the config 0 diff IDs"), "\(run.messages)")
  }

  @Test func `of several platforms this machine's is taken, or the one that is asked for`() throws {
    let rig = try UnpackRig()
    let own = "\(Platform.host.os)/\(Platform.host.architecture)"
    let images = try [own, "linux/s390x", "linux/arm/v6", "linux/arm/v7"].map { platform in
      try rig.image(
        [TarBuilder.make { $0.file(String(platform.map { $0 == "/" ? "-" : $0 })) }], tag: nil,
        platform: platform)
    }
    rig.builder.tag("latest", try rig.builder.addIndex(images))
    rig.builder.tag("foreign", try rig.builder.addIndex(Array(images.dropFirst())))
    try rig.builder.finish()
    #expect(try rig.unpack().status == 0)
    #expect(Files.exists(rig.bundle + "/rootfs/linux-\(Platform.host.architecture)"))
    try Files.remove(rig.bundle)
    #expect(try rig.unpack("--platform=linux/arm/v7").status == 0)
    #expect(Files.exists(rig.bundle + "/rootfs/linux-arm-v7"))
    try Files.remove(rig.bundle)
    let ambiguous = try rig.unpack("--platform", "linux/arm")
    #expect(ambiguous.status == 64)
    #expect(ambiguous.messages.contains("linux/arm/v6"), "\(ambiguous.messages)")
    let none = try CapturedRun(
      ["unpack", "--image", rig.layout + ":foreign"] + UnpackRig.ownIDs + [rig.bundle])
    #expect(none.status == 64)
    #expect(none.messages.contains("linux/s390x"), "\(none.messages)")
    #expect(try rig.isPlaceUntouched())
  }

  @Test func `an earlier value of a tag is unpacked from what the history keeps`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer], tag: "one")
    let other = TarBuilder.make { $0.file("other") }
    try rig.image([other], tag: "two")
    let tagged = try CapturedRun(["tag", "--image", rig.layout + ":one", "latest"])
    #expect(tagged.status == 0, "\(tagged.messages)")
    for arguments in [
      ["tag", "--image", rig.layout + ":two", "latest"], ["rm", "--image", rig.layout + ":one"],
    ] { #expect(try BuiltProgram.run(arguments).status == 0) }
    // As another tool's gc would.
    try Files.remove(rig.builder.path(of: .sha256(of: Self.layer)))
    for source in [":latest@{1}", ":one@{1}"] {
      let run = try CapturedRun(
        ["raw", "unpack", "--image", rig.layout + source] + UnpackRig.ownIDs + [rig.bundle])
      #expect(run.status == 0, "\(run.messages)")
      #expect(Files.exists(rig.bundle + "/file"))
      try Files.remove(rig.bundle)
    }
    let run = try rig.unpack("--at-op=2")
    #expect(run.status == 0, "\(run.messages)")
    #expect(Files.exists(rig.bundle + "/rootfs/file"))
  }

  @Test func `raw unpack extracts into a folder that is there`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer])
    try Files.makeDirectory(rig.bundle)
    try Files.write("old", to: rig.bundle + "/old")
    let words = ["raw", "unpack", "--image", rig.layout] + UnpackRig.ownIDs + [rig.bundle]
    #expect(try CapturedRun(words).status == 0)
    #expect(try Files.names(in: rig.bundle) == ["etc", "file", "old"])
    #expect(try Files.mode(of: rig.bundle) & 0o777 == 0o755)
    let orphan = try CapturedRun(words.dropLast() + [rig.bundle + "/no/parent"])
    #expect(orphan.status == 66)
  }

  @Test func `raw runtime-config writes what unpack would, and no file when it fails`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer], config: ["User": "app", "Cmd": ["x"]])
    let file = rig.folder("config.json")
    #expect(try rig.run("raw", "runtime-config", "--image", rig.layout + ":no", file).status == 66)
    #expect(!Files.exists(file))
    let bare = try rig.run("raw", "config", "--image", rig.layout, file)
    #expect(bare.status == 0)
    #expect(bare.messages.contains("root is used instead"), "\(bare.messages)")
    #expect(try rig.unpack().status == 0)
    let config = try CapturedRun(
      ["raw", "config", "--image", rig.layout, "--rootfs", rig.bundle + "/rootfs"]
        + UnpackRig.ownIDs + [file])
    #expect(config.status == 0)
    #expect(try Files.read(file) == Files.read(rig.bundle + "/config.json"))
  }

  @Test func `progress in JSON is one object a line`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer, TarBuilder.make { $0.file("second") }])
    let run = try rig.unpack("--progress=json", "--json")
    let lines = run.messages.split(separator: "\n")
    #expect(lines.count >= 2)
    for line in lines {
      let root = try JSONDocument(parsing: Array(line.utf8), limits: .blob, named: "line").root
      #expect(root.objectValue?["layers"]?.integerValue == 2)
    }
    #expect(run.output.contains("\"layers\":2"))
  }

  // MARK: leases

  private func bundles(_ rig: UnpackRig) throws -> String {
    let status = try BuiltProgram.run(["status", "--layout", rig.layout, "--json"])
    let root = try JSONDocument(
      parsing: Array(status.standardOutput.utf8), limits: .blob, named: "status"
    ).root
    return String(decoding: root.objectValue?["bundles"]?.serialized() ?? [], as: UTF8.self)
  }

  @Test func `a bundle's lease lasts as long as the bundle`() throws {
    let rig = try UnpackRig()
    let manifest = try rig.image([Self.layer])
    let words = ["unpack", "--image", rig.layout] + UnpackRig.ownIDs + [rig.bundle]
    #expect(try BuiltProgram.run(words).status == 0)
    #expect(try bundles(rig).contains("\"bundle\":\"\(rig.bundle)\""))
    #expect(try bundles(rig).contains(manifest.digest.description))
    // Its layer has a second name now.
    let kept = rig.layout + "/.ocitx/keep/sha256/" + Digest.sha256(of: Self.layer).encoded
    #expect(Files.exists(kept))
    #expect(try BuiltProgram.run(["tag", "--image", rig.layout, "other"]).status == 0)
    #expect(try bundles(rig).contains(rig.bundle))
    try Files.remove(rig.bundle)
    let listed = try BuiltProgram.run(["leases", "--layout", rig.layout]).standardOutput
    #expect(listed.contains("  gone  ") && listed.contains(rig.bundle))
    #expect(try BuiltProgram.run(["gc", "--layout", rig.layout]).status == 0)
    #expect(try bundles(rig) == "[]")
  }

  @Test func `a failed unpack leaves no lease`() throws {
    let rig = try UnpackRig()
    try rig.image([TarBuilder.make { $0.file(".wh.") }])
    #expect(try rig.unpack().status == 65)
    #expect(try bundles(rig) == "[]")
  }

  @Test(.enabled(if: Requirement.root.isMet, "needs to become another user"))
  func `a layout that one may not write is unpacked without a lease`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer])
    try ExternalCommand.run(["chmod", "-R", "a+rX", rig.folder.path])
    try ExternalCommand.run(["chmod", "777", rig.folder("place")])
    let run = try ExternalCommand.run([
      "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", BuiltProgram.path,
      "--verbose", "unpack", "--rootless", "--image", rig.layout, rig.bundle,
    ])
    #expect(run.status == 0, "\(run)")
    #expect(run.standardError.contains("read-only for you"), "\(run)")
    #expect(!Files.exists(rig.layout + "/.ocitx"))
  }
}
