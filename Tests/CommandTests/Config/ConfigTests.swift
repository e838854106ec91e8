import Store
import TestSupport
import Testing

@testable import umoci_tx

/// What umoci 0.4.7 does not know, or does wrong.
@Suite struct ConfigTests {
  /// A config with members that no specification of OCI knows, and numbers that no integer holds.
  static let strangeConfig =
    #"{ "future" : {"deep":[1.50, 1e400, 123456789012345678901234567890, -0]}, "os":"linux","#
    + #""architecture":"amd64","os.version":"10.0","os.features":["f"],"variant":"v8","#
    + #""created":"2020-01-02T03:04:05Z", "config":{"Healthcheck":{"Test":["CMD","x"],"#
    + #""Interval":30000000000},"OnBuild":["RUN \u003cx\u003e"],"Shell":["/bin/sh","-c"],"#
    + #""Env":["A\u003d1","B=\u00e4"],"ArgsEscaped":true,"Memory":0,"User":""}, "author":"one","#
    + #""rootfs":{"type":"layers","diff_ids":[],"x":null},"history":[{"comment":"\u0061","y":[]}],"#
    + #""author":"two"}"#

  func config(
    _ flags: [String], on config: String = ImageFixture.plainConfig,
    environment: [String: String] = [:]
  ) throws -> (JSONObject, ImageFixture) {
    let fixture = try ImageFixture(config)
    let run = try fixture.run(
      ["config", "--image", fixture.path + ":a", "--tag", "b", "--durability", "relaxed"] + flags,
      environment: environment)
    #expect(run.status == 0, "\(run.messages)")
    return (try fixture.config("b"), fixture)
  }

  @Test func `unknown members, numbers and spellings survive an edit`() throws {
    let (_, fixture) = try config(["--config.env", "C=3"], on: Self.strangeConfig)
    let text = String(decoding: try fixture.documents("b").config, as: UTF8.self)
    for kept in [
      #"{"deep":[1.50, 1e400, 123456789012345678901234567890, -0]}"#,
      #"{"Test":["CMD","x"],"Interval":30000000000}"#, #"["RUN \u003cx\u003e"]"#,
      #"["A\u003d1","B=\u00e4","C=3"]"#, #""ArgsEscaped":true"#, #""Memory":0"#,
      #"{"type":"layers","diff_ids":[],"x":null}"#, #"{"comment":"\u0061","y":[]}"#,
      #""variant":"v8""#, #""os.version":"10.0""#, #""author":"two""#,
    ] {
      #expect(text.contains(kept), "\(kept) is missing in \(text)")
    }
  }

  @Test(arguments: [
    (["--unset", "config.env=B"], "Env", #"["PATH=/bin","C="]"#),
    (["--unset", "config.label=a"], "Labels", #"{"z":"2"}"#),
    (["--unset", "config.labels=a", "--unset", "config.labels=z"], "Labels", "null"),
    (["--unset", "config.exposedports=22/tcp"], "ExposedPorts", #"{"80/tcp":{}}"#),
    (["--unset", "config.volume=/v"], "Volumes", "null"),
    (["--unset", "config.env=B", "--config.env", "B=9"], "Env", #"["PATH=/bin","C=","B=9"]"#),
    (["--config.cmd-json", #"["a","-b",""]"#], "Cmd", #"["a","-b",""]"#),
    (["--config.entrypoint-json", "[]"], "Entrypoint", "null"),
    (["--unset", "config.env=absent"], "Env", #"["PATH=/bin","B=2","C="]"#),
  ])
  func `single entries go and lists come as JSON`(
    flags: [String], member: String, expected: String
  ) throws {
    let section = try config(flags).0["config"]?.objectValue
    let value = section?[member] ?? .null
    #expect(String(decoding: value.serialized(), as: UTF8.self) == expected)
  }

  @Test func `an annotation can be removed`() throws {
    let fixture = try config(["--unset", "manifest.annotation=k"]).1
    let text = String(decoding: try fixture.documents("b").manifest, as: UTF8.self)
    #expect(text.hasSuffix(#""annotations":{"n":"m"}}"#))
  }

  @Test func `version and features of the system can be set`() throws {
    let flags = [
      "--platform.os", "windows", "--platform.arch", "arm", "--platform.variant", "v7",
      "--platform.os-version", "10", "--platform.os-features", "x", "--platform.os-features", "y",
    ]
    let json = try config(flags).0
    let image = try ImageConfig(JSONDocument(.object(json)))
    #expect(
      image.platform
        == Platform(
          os: "windows", architecture: "arm", variant: "v7", osVersion: "10",
          osFeatures: ["x", "y"]))
  }

  @Test func `a variant is kept, unlike umoci`() throws {
    let (json, _) = try config(["--author", "x"], on: Self.strangeConfig)
    #expect(json["variant"] == "v8")
  }

  @Test func `a source date is the time of the history entry`() throws {
    let (json, _) = try config([], environment: ["SOURCE_DATE_EPOCH": "1747791234"])
    let last = json["history"]?.arrayValue?.elements.last?.objectValue
    #expect(last?["created"] == "2025-05-21T01:33:54Z")
    #expect(json["created"] == "2020-01-02T03:04:05.6Z")
  }

  @Test func `a patch merges into the config and keeps its own spelling`() throws {
    let folder = try TemporaryDirectory()
    try Files.write(
      #"{"config":{"Healthcheck":{"Retries":3.0,"Test":null},"Shell":null},"future":[1e2]}"#,
      to: folder("p"))
    let (_, fixture) = try config(["--patch", folder("p")], on: Self.strangeConfig)
    let text = String(decoding: try fixture.documents("b").config, as: UTF8.self)
    #expect(text.contains(#""Healthcheck":{"Interval":30000000000,"Retries":3.0}"#))
    #expect(text.contains(#""future":[1e2]"#))
    #expect(!text.contains("Shell"))
  }

  @Test func `a patch sets what Docker has and OCI does not`() throws {
    let folder = try TemporaryDirectory()
    let patch =
      #"{"Healthcheck":{"Test":["CMD-SHELL","a <b> c"],"Interval":1e10},"OnBuild":["RUN x"],"#
      + #""Shell":["/bin/bash","-c"]}"#
    try Files.write(#"{"config":\#(patch)}"#, to: folder("p"))
    let section = try config(["--patch", folder("p")]).0["config"]?.objectValue
    #expect(
      section?["Healthcheck"]?.serialized()
        == Array(#"{"Test":["CMD-SHELL","a <b> c"],"Interval":1e10}"#.utf8))
    #expect(section?["OnBuild"]?.serialized() == Array(#"["RUN x"]"#.utf8))
    #expect(section?["Shell"]?.serialized() == Array(#"["/bin/bash","-c"]"#.utf8))
    #expect(section?["Cmd"]?.serialized() == Array(#"["c","d"]"#.utf8))
  }

  @Test func `a patch of the manifest reaches everything but its blobs`() throws {
    let folder = try TemporaryDirectory()
    try Files.write(#"{"annotations":{"k":null},"artifactType":"x/y"}"#, to: folder("p"))
    let fixture = try config(["--patch-manifest", folder("p")]).1
    let text = String(decoding: try fixture.documents("b").manifest, as: UTF8.self)
    #expect(text.contains(#""artifactType":"x/y""#))
    #expect(text.contains(#""annotations":{"n":"m"}"#))
  }

  @Test(arguments: [
    ("--patch", #"{"rootfs":null}"#, Int32(64)), ("--patch", "[]", 64), ("--patch", "{", 64),
    ("--patch", #"{"config":{"Env":"x"}}"#, 65), ("--patch", #"{"created":"x"}"#, 65),
    ("--patch-manifest", #"{"layers":[]}"#, 64), ("--patch-manifest", #"{"config":{}}"#, 64),
    ("--patch-manifest", #"{"annotations":3}"#, 65),
    ("--patch", String(repeating: #"{"a":"#, count: 5000), 64),
  ])
  func `a patch that would break the image is refused`(
    option: String, patch: String, status: Int32
  ) throws {
    let fixture = try ImageFixture(ImageFixture.plainConfig)
    try Files.write(patch, to: fixture.folder("p"))
    let before = try Files.read(fixture.path + "/index.json")
    let run = try fixture.run(
      ["config", "--image", fixture.path + ":a", option, fixture.folder("p")])
    #expect(run.status == status, "\(run.messages)")
    #expect(try !fixture.documents("a").config.isEmpty)
    let names = try ImageIndex(parsing: try Files.read(fixture.path + "/index.json"), named: "i")
    #expect(
      try names.entries == ImageIndex(parsing: before, named: "i").entries)
  }

  @Test(arguments: [
    ["--os", "x", "--platform.os", "y"], ["--architecture", "x", "--platform.arch", "y"],
    ["--config.cmd", "x", "--config.cmd-json", "[]"], ["--config.cmd-json", "{}"],
    ["--config.cmd-json", "[1]"], ["--unset", "config.env"], ["--unset", "config.cmd=x"],
    ["--unset", "config.env="], ["--manifest.annotation", "x"], ["--platform", "linux"],
  ])
  func `wrong usage is told`(flags: [String]) throws {
    let run = try CapturedRun(["config", "--image", "/nowhere:a"] + flags)
    #expect(run.status == 64, "\(run.messages)")
  }

  @Test func `a dry run shows the difference and changes nothing`() throws {
    let fixture = try ImageFixture(ImageFixture.plainConfig)
    let before = try Files.listing(fixture.path)
    let flags = ["--dry-run", "--config.env", "B=3", "--unset", "manifest.annotation=k"]
    let run = try fixture.run(["config", "--image", fixture.path + ":a", "--no-history"] + flags)
    #expect(run.status == 0)
    #expect(run.output.contains(#"~ config.Env[1]: "B=2" -> "B=3""#))
    #expect(run.output.contains(#"- annotations.k: "v""#))
    let json = try fixture.run(
      ["config", "--image", fixture.path + ":a", "--no-history", "--json"] + flags)
    #expect(json.output.contains(#"{"path":"/config/Env/1","before":"B=2","after":"B=3"}"#))
    #expect(try Files.listing(fixture.path) == before)
  }

  @Test func `an earlier value can be edited into another tag only`() throws {
    let (_, fixture) = try config(["--author", "x"])
    let path = fixture.path
    let second = try fixture.run(["config", "--image", path + ":b", "--author", "y"], dice: 8)
    #expect(second.status == 0, "\(second.messages)")
    #expect(try fixture.run(["config", "--image", path + ":b@{1}", "--author", "z"]).status == 64)
    let run = try fixture.run(
      ["config", "--image", path + ":b@{1}", "--tag", "c", "--no-history", "--os", "linux"], dice: 9
    )
    #expect(run.status == 0, "\(run.messages)")
    #expect(try fixture.config("c")["author"] == "x")
  }
}
