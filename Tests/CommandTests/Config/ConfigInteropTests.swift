import Store
import TestSupport
import Testing

@testable import umoci_tx

/// Every option that Debian's umoci 0.4.7 knows, with and without other options around it.
@Suite(.enabled(if: Requirement.umoci.isMet, "umoci is not installed"))
struct ConfigInteropTests {
  static let cases: [[String]] = [
    [],
    ["--config.user", "root:wheel"], ["--config.user", ""],
    ["--config.user", "a\u{b}<&>\u{2028}ä"],
    ["--config.workingdir", "/x y"], ["--config.workingdir", ""],
    ["--config.stopsignal", "SIGKILL"], ["--config.stopsignal", ""],
    ["--config.exposedports", "80/tcp", "--config.exposedports", "8080"],
    ["--config.exposedports", "1/udp"],
    ["--config.env", "B=3"],
    ["--config.env", "NEW=a=b", "--config.env", "C=", "--config.env", "B=1"],
    ["--config.env", "X=1", "--config.env", "X=2"], ["--config.env", "PATH=/usr/bin:/bin"],
    ["--config.env", "X=a,b"],
    ["--config.entrypoint", "-c"], ["--config.entrypoint", "a", "--config.entrypoint", "--b=c"],
    ["--config.entrypoint", ""],
    ["--config.cmd", "-v"], ["--config.cmd", "--verbose"],
    ["--config.cmd=-c", "--config.cmd", "x"],
    ["--config.cmd", "a,b"], ["--config.cmd", "--"],
    ["-config.cmd", "one", "-config.cmd=two"],
    ["--config.volume", "/v"], ["--config.volume", "/b", "--config.volume", "/with, comma"],
    ["--config.label", "a=2"], ["--config.label", "b=", "--config.label", "m=x=y"],
    ["--config.label", "com.example/é=ü"],
    ["--created", "2016-03-25T12:34:02.655002+11:00"], ["--created", "2016-03-25T12:34:02+00:00"],
    ["--created", "1999-12-31T23:59:59.100Z"], ["--created", "0001-01-01T00:00:00Z"],
    ["--author", "Bob <bob@example.org>"], ["--author", ""],
    ["--architecture", "mips"], ["--architecture", ""], ["--os", "plan9"], ["--os", ""],
    ["--os", "x", "--os", "y"],
    ["--manifest.annotation", "k=w"],
    ["--manifest.annotation", "b=c=d", "--manifest.annotation", "z="],
    ["--clear", "config.labels"], ["--clear", "manifest.annotations"],
    ["--clear", "config.exposedports"], ["--clear", "config.env"], ["--clear", "config.volume"],
    ["--clear", "config.cmd"], ["--clear", "config.entrypoint"],
    ["--clear", "config.env", "--config.env", "A=1", "--clear", "config.labels"],
    [
      "--config.label", "q=r", "--clear", "config.labels", "--clear", "manifest.annotations",
      "--manifest.annotation", "only=this", "--author", "C", "--config.cmd", "z",
    ],
    ["--history.author", "H", "--history.comment", "why"], ["--history.created_by", "me"],
    ["--history.author", "", "--history.created_by", "", "--history.comment", ""],
    ["--no-history"], ["--no-history", "--config.user", "nobody"],
  ]

  @Test(arguments: [ImageFixture.plainConfig, ImageFixture.bareConfig])
  func `config and manifest are what umoci makes of them`(config: String) throws {
    // All cases in one layout each, since making layouts takes most of the time.
    let ours = try ImageFixture(config)
    let theirs = try ImageFixture(config)
    for (number, flags) in Self.cases.enumerated() {
      let time =
        flags.contains("--no-history") ? [] : ["--history.created", "2021-02-03T04:05:06.7+01:00"]
      let words = [":a", "--tag", "b\(number)"] + time + flags
      let expected = try ExternalCommand.run(
        ["umoci", "config", "--image", theirs.path + words[0]] + words.dropFirst())
      #expect(expected.status == 0, "\(flags): \(expected)")
      let run = try ours.run(
        ["config", "--durability", "relaxed", "--image", ours.path + words[0]] + words.dropFirst())
      #expect(run.status == 0, "\(flags): \(run.messages)")
      #expect(run.output == "")
      let (left, right) = (try ours.documents("b\(number)"), try theirs.documents("b\(number)"))
      #expect(Self.text(left.config) == Self.text(right.config), "\(flags)")
      #expect(Self.text(left.manifest) == Self.text(right.manifest), "\(flags)")
    }
    #expect(LayoutVerifier.verify(at: ours.path) == [])
  }

  @Test(arguments: [
    ["--config.env", "X"], ["--config.env", "=x"], ["--config.label", "x"],
    ["--config.label", "=x"],
    ["--created", "not a date"], ["--created", "Jan 04 2004"], ["--clear", "rootfs.diffids"],
    ["--clear", "everything"], ["--no-history", "--history.author", "x"], ["--tag", ""],
    ["--tag", ".AZ94n18s"], ["--history.created", "now"], ["positional"],
  ])
  func `what umoci refuses is refused and changes nothing`(flags: [String]) throws {
    let fixture = try ImageFixture(ImageFixture.plainConfig)
    let before = try Files.listing(fixture.path)
    let theirs = try ExternalCommand.run(
      ["umoci", "config", "--image", fixture.path + ":a"] + flags)
    #expect(theirs.status != 0)
    let run = try fixture.run(["config", "--image", fixture.path + ":a"] + flags)
    #expect(run.status == 64, "\(run.messages)")
    #expect(try Files.listing(fixture.path) == before)
  }

  private static func text(_ bytes: [UInt8]) -> String {
    guard let root = try? JSONDocument(parsing: bytes, named: "document").root else { return "?" }
    return String(decoding: sorted(root).rendered(.canonical), as: UTF8.self)
  }

  /// The descriptor of the config tells of the bytes, which differ in the spelling of members only.
  private static func sorted(_ root: JSONValue) -> JSONValue {
    guard var object = root.objectValue, object.contains("layers") else { return root }
    object["config"] = object["config"]?.objectValue?["mediaType"]
    return .object(object)
  }
}
