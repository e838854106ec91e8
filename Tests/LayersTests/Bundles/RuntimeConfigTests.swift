import Glibc
import Layers
import Store
import Testing

@Suite struct RuntimeConfigTests {
  private func image(_ runtime: String, rest: String = "") throws -> ImageConfig {
    let text = """
      {"created":"2026-11-20T10:00:00.5+01:00","architecture":"amd64","os":"linux"\(rest),\
      "config":\(runtime),"rootfs":{"type":"layers","diff_ids":[]}}
      """
    return try ImageConfig(parsing: Array(text.utf8), named: "config")
  }

  private func config(
    _ image: ImageConfig, user: ResolvedUser = .root, mapping: OwnershipMapping = .identity,
    resolver: HostResolver? = nil, rootfs: String = "/b/rootfs/"
  ) throws -> RuntimeConfig {
    try RuntimeConfig(
      RuntimeConfig.Inputs(
        image: image, user: user, rootfsPath: rootfs, mapping: mapping, resolver: resolver))
  }

  private func text(_ config: RuntimeConfig, _ path: String...) -> String {
    var value: JSONValue? = .object(config.json)
    for name in path { value = value?.objectValue?[name] }
    return String(decoding: value?.rendered(.compact) ?? [], as: UTF8.self)
  }

  @Test func `the defaults are those of umoci's template`() throws {
    let expected = """
      {
      \t"ociVersion": "1.0.2",
      \t"process": {
      \t\t"terminal": true,
      \t\t"user": {
      \t\t\t"uid": 0,
      \t\t\t"gid": 0
      \t\t},
      \t\t"args": [
      \t\t\t"sh"
      \t\t],
      \t\t"env": [
      \t\t\t"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      \t\t\t"TERM=xterm"
      \t\t],
      \t\t"cwd": "/",
      \t\t"capabilities": {
      """
    let lines = String(decoding: try config(image("{}")).serialized(), as: UTF8.self)
    #expect(lines.hasPrefix(expected))
    #expect(lines.hasSuffix("\n\t}\n}\n"))
    #expect(
      try text(config(image("{}"), rootfs: ""), "root") == #"{"path":"."}"#)
    #expect(try text(config(image("{}")), "root") == #"{"path":"rootfs"}"#)
  }

  /// Debian's umoci is older: what is known to differ is taken out before comparing.
  @Test(
    .enabled(if: canRunAsRoot("umoci")),
    arguments: [
      [], ["--rootless"], ["--uid-map=0:1000:10", "--gid-map=0:2000:20", "--gid-map=20:1:1"],
    ])
  func `umoci's own configuration is met`(options: [String]) throws {
    let folder = try TemporaryFolder()
    let layout = folder("image")
    try run("umoci", "init", "--layout", layout)
    try run("umoci", "new", "--image", layout)
    let settings = [
      "--config.user=7:8", "--config.env=A=<&>", "--config.env=TERM=vt", "--config.env=B==",
      "--config.entrypoint=/e", "--config.cmd=c d", "--config.workingdir=/w",
      "--config.volume=/v/1", "--config.label=z=1",
      "--config.label=org.opencontainers.image.author=label", "--config.exposedports=80/tcp",
      "--config.exposedports=123/udp", "--config.stopsignal=SIGUSR1", "--author=me",
      "--created=2026-11-20T10:00:00Z", "--architecture=arm64", "--os=linux",
    ]
    for setting in settings { try run("umoci", "config", "--image", layout, setting) }
    let outcome = try runProgram(
      ["umoci", "raw", "runtime-config", "--image", layout] + options + [folder("config.json")])
    try #require(outcome.status == 0, "\(outcome.output)")
    let theirs = try JSONDocument(parsing: folder.read("config.json"), named: "theirs").root
    let index = try JSONDocument(parsing: folder.read("image/index.json"), named: "index").root
    let manifest = try document(index.objectValue?["manifests"]?.arrayValue?.elements.first, folder)
    let config = try document(manifest.objectValue?["config"], folder)
    func ranges(_ prefix: String) throws -> [IDMapping] {
      try options.filter { $0.hasPrefix(prefix) }
        .map { try IDMapping(parsing: String($0.dropFirst(prefix.count))) }
    }
    let ours = try self.config(
      ImageConfig(JSONDocument(config)), user: UserLookup.empty.resolve("7:8"),
      mapping: .fromOptions(
        userMappings: ranges("--uid-map="), groupMappings: ranges("--gid-map="),
        isRootless: options == ["--rootless"], callerUserID: geteuid(), callerGroupID: getegid()),
      resolver: .ofThisHost(), rootfs: "")
    let (left, right) = (lines(theirs), lines(.object(ours.json)))
    let differences = right.difference(from: left).map { change in
      switch change {
      case .insert(_, let line, _): "+" + line
      case .remove(_, let line, _): "-" + line
      }
    }
    #expect(differences.sorted() == Self.knownDifferences(options).sorted())
  }

  /// The lines of a document, without the blanks and commas that depend on the place.
  private func lines(_ value: JSONValue) -> [String] {
    String(decoding: value.rendered(.spaces), as: UTF8.self).split(separator: "\n").map {
      String($0.drop { $0 == " " }.prefix { _ in true }).replacing(",", "")
    }
  }

  /// What newer versions of umoci do otherwise.
  private static func knownDifferences(_ options: [String]) -> [String] {
    let always = [
      "-\"ociVersion\": \"1.0.0\"", "+\"ociVersion\": \"1.0.2\"",
      "-\"org.opencontainers.image.author\": \"me\"",
      "+\"org.opencontainers.image.author\": \"label\"",
      "+{", "+\"type\": \"cgroup\"", "+}",
    ]
    let later: Set = ["noatime", "nodiratime"]
    let locked = HostResolver.ofThisHost()?.lockedOptions.filter(later.contains) ?? []
    return always + (options == ["--rootless"] ? locked.map { "+\"\($0)\"" } : [])
  }

  private func document(_ descriptor: JSONValue?, _ folder: TemporaryFolder) throws -> JSONValue {
    let digest = try #require(descriptor?.objectValue?["digest"]?.stringValue)
    let bytes = try folder.read("image/blobs/sha256/\(digest.dropFirst(7))")
    return try JSONDocument(parsing: bytes, named: digest).root
  }

  @Test(arguments: [
    ("", "/"), ("/a/../b", "/a/../b"), ("app", "/app"), ("./a//b/", "/a/b"), ("../x", "/x"),
  ])
  func `a relative working directory begins at the root`(_ path: String, _ expected: String) throws
  {
    let config = try config(image(#"{"WorkingDir":"\#(path)"}"#))
    #expect(text(config, "process", "cwd") == "\"\(expected)\"")
  }

  @Test func `a time that cannot be read is none`() throws {
    let text = #"{"created":"","architecture":"amd64","os":"linux","config":{}}"#
    let image = try ImageConfig(parsing: Array(text.utf8), named: "config")
    #expect(
      try self.text(config(image), "annotations").contains(#".created":"0001-01-01T00:00:00Z""#))
  }

  @Test func `variables replace those of the same name in place`() throws {
    let image = try image(#"{"Env":["A=1","PATH=/p","A=2=3","=x","A="]}"#)
    #expect(
      try text(config(image, user: ResolvedUser(home: "/h")), "process", "env")
        == #"["PATH=/p","TERM=xterm","A=","=x","HOME=/h"]"#)
    let withHome = try self.image(#"{"Env":["HOME="]}"#)
    #expect(
      try text(config(withHome, user: ResolvedUser(home: "/h")), "process", "env")
        .hasSuffix(#""TERM=xterm","HOME="]"#))
    #expect(
      try !text(config(self.image("{}"), user: ResolvedUser(home: "")), "process", "env")
        .contains("HOME"))
    #expect(throws: BundleError.self) { try config(self.image(#"{"Env":["novalue"]}"#)) }
  }

  @Test(arguments: ["windows", ""])
  func `an image for another system is refused`(os: String) throws {
    var image = try image("{}")
    image.os = os
    let error = #expect(throws: BundleError.self) { try config(image) }
    #expect(error?.description == "unsupported OS: \(os)")
  }

  @Test func `annotations come from the image, and labels override them`() throws {
    let image = try image(
      #"{"ExposedPorts":{"80/tcp":{},"123/udp":{}},"StopSignal":"9","#
        + #""Labels":{"org.opencontainers.image.os":"mine","a":"<"}}"#, rest: #","author":"me""#)
    let prefix = "org.opencontainers.image"
    #expect(
      try text(config(image), "annotations")
        == #"{"a":"\u003c","\#(prefix).architecture":"amd64","\#(prefix).author":"me","#
        + #""\#(prefix).created":"2026-11-20T10:00:00.5+01:00","#
        + #""\#(prefix).exposedPorts":"123/udp,80/tcp","\#(prefix).os":"mine","#
        + #""\#(prefix).stopSignal":"9"}"#)
    var bare = image
    bare.created = nil
    #expect(try text(config(bare), "annotations").contains(#"created":"0001-01-01T00:00:00Z""#))
  }

  @Test func `rootless containers get no network of their own and share the host's resolver`()
    throws
  {
    let user = ResolvedUser(userID: 1, groupID: 2, additionalGroupIDs: [3])
    let mapping = OwnershipMapping(
      userMappings: [IDMapping(containerID: 0, hostID: 1000)], isRootless: true)
    let image = try image(#"{"Volumes":{"/sys/x":{},"/v":{}}}"#)
    let config = try config(
      image, user: user, mapping: mapping, resolver: HostResolver(lockedOptions: ["nodev"]))
    #expect(text(config, "process", "user") == #"{"uid":1,"gid":2}"#)
    let linux = text(config, "linux")
    #expect(!linux.contains("network") && !linux.contains("resources"))
    #expect(linux.contains(#"{"type":"mount"},{"type":"user"}]"#))
    #expect(linux.hasPrefix(#"{"uidMappings":[{"containerID":0,"hostID":1000,"size":1}],"names"#))
    let mounts = text(config, "mounts")
    #expect(!mounts.contains("gid=5") && !mounts.contains("/sys/x") && !mounts.contains("cgroup"))
    #expect(
      mounts.hasSuffix(
        #"{"destination":"/etc/resolv.conf","type":"bind","source":"/etc/resolv.conf","#
          + #""options":["nodev","rbind","ro"]}]"#))
    let without = try self.config(image, mapping: mapping)
    #expect(text(without, "mounts").hasSuffix(#""nodev","ro"]}]"#))
    #expect(text(try self.config(image, user: user), "process", "user").contains("[3]"))
  }
}
