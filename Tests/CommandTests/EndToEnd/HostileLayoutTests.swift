import Store
import TestSupport
import Testing

/// Layouts that somebody made in order to hurt: one clear error each, quickly, in little memory.
@Suite struct HostileLayoutTests {
  /// The most address space that a command may use, in KiB, its libraries included; the largest index
  /// that is accepted has 64 MiB.
  static let memoryLimit = 512 << 10
  /// The most seconds.
  static let timeLimit = 20

  static let reading: [[String]] = [
    ["ls", "--layout", "L"], ["log", "--layout", "L"], ["status", "--layout", "L"],
  ]
  static let everything =
    reading + [["tag", "--image", "L:a", "x"], ["tag", "--image", "L:a", "x", "--dry-run"]]

  static func entry(
    digest: String = "sha256:" + String(repeating: "a", count: 64), size: String = "2",
    name: String = "a"
  ) -> String {
    #"{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":""# + digest
      + #"","size":"# + size + #","annotations":{"org.opencontainers.image.ref.name":""#
      + name + #""}}"#
  }

  static func index(_ entries: String) -> String {
    #"{"schemaVersion":2,"manifests":["# + entries + "]}"
  }

  static let documents: [(name: String, bytes: [UInt8])] = [
    ("digest with ../", Array(index(entry(digest: "sha256:../../../../etc/passwd")).utf8)),
    ("negative size", Array(index(entry(size: "-1")).utf8)),
    ("size of 2^63", Array(index(entry(size: "9223372036854775808")).utf8)),
    ("size of 1e400", Array(index(entry(size: "1e400")).utf8)),
    ("no UTF-8", Array(index(entry(name: "\u{1}")).utf8).map { $0 == 1 ? 0xff : $0 }),
    (
      "10 000 deep",
      Array((String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)).utf8)
    ),
    ("wrong kind", Array(#"{"schemaVersion":2,"manifests":{}}"#.utf8)),
    ("not JSON", Array("hello".utf8)), ("empty", []),
  ]

  @Test(arguments: documents.map(\.name))
  func `a malformed index is one error with status 65`(name: String) throws {
    let shop = try Workshop()
    let document = try #require(Self.documents.first { $0.name == name })
    try Files.write(document.bytes, to: shop.layout + "/index.json")
    let before = try shop.images()
    for command in Self.everything where command.first != "log" {
      let outcome = try shop.measured(command)
      #expect(outcome.status == 65, "\(command): \(outcome)")
      let errors = outcome.standardError.split(separator: "\n").filter { $0.hasPrefix("error: ") }
      #expect(errors.count == 1, "\(command): \(outcome)")
      #expect(outcome.standardOutput == "")
    }
    #expect(try shop.images() == before)
  }

  @Test func `an index of 200 MB is refused without being read into memory`() throws {
    let shop = try Workshop()
    try shop.expectSuccess(of: ["truncate", "-s", "200M", shop.layout + "/index.json"])
    for command in Self.everything where command.first != "log" {
      let outcome = try shop.measured(command)
      #expect(outcome.status == 65, "\(command): \(outcome)")
      #expect(outcome.standardError.contains("error: "), "\(command): \(outcome)")
    }
  }

  @Test func `a thousand entries of one name are listed, and ambiguous to tag`() throws {
    let shop = try Workshop()
    let letters = Array("0123456789abcdef")
    let entries = (0..<1000).map { number in
      let digits = [number >> 8, number >> 4, number].map { String(letters[$0 & 15]) }.joined()
      return Self.entry(digest: "sha256:" + digits + String(repeating: "b", count: 61))
    }
    try Files.write(
      Self.index(entries.joined(separator: ",")), to: shop.layout + "/index.json")
    for command in Self.reading { #expect(try shop.measured(command).status == 0, "\(command)") }
    let outcome = try shop.measured(["tag", "--image", "L:a", "x"])
    #expect([64, 66].contains(outcome.status), "\(outcome)")
    #expect(outcome.standardError.utf8.count < 10_000)
    #expect(outcome.standardError.hasPrefix("error: "))
  }

  @Test func `an index that claims to contain itself ends in an error`() throws {
    let shop = try Workshop()
    let builder = try LayoutBuilder(at: shop.layout)
    let digest = try Digest(parsing: "sha256:" + String(repeating: "c", count: 64))
    let loop = Descriptor(mediaType: .imageIndex, digest: digest, size: 300)
    var index = ImageIndex.empty
    index.replaceAllEntries(with: [loop])
    try Files.write(index.serialized(), to: builder.path(of: digest))
    let size = Int64(index.serialized().count)
    builder.tag("a", loop.withDigest(digest, size: size))
    try builder.finish()
    let outcome = try shop.measured(["tag", "--image", "L:a", "x"])
    #expect(outcome.status == 65, "\(outcome)")
    #expect(outcome.standardError.hasPrefix("error: "))
  }
}

extension Workshop {
  /// Runs the program, and expects it to stay within the limits of memory and time.
  func measured(_ arguments: [String]) throws -> ExternalCommand.Outcome {
    let limit = "ulimit -v \(HostileLayoutTests.memoryLimit) && exec \"$@\""
    return try ExternalCommand.run(
      ["sh", "-c", limit, "sh", TraceRecorder.built("umoci-tx")] + arguments, in: folder.path,
      timeout: HostileLayoutTests.timeLimit)
  }
}
