import Glibc
import Store
import TestSupport
import Testing

/// Deaths and interruptions of `unpack` and `raw unpack`: nothing that looks whole and is not, and
/// a rerun works.
@Suite struct UnpackDeathTests {
  private static let layers = [
    TarBuilder.make { tar in
      tar.directory("etc")
      tar.file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
      tar.file("gone", "x")
      tar.hardLink("hard", to: "etc/passwd")
    },
    TarBuilder.make { tar in
      tar.file(".wh.gone")
      tar.symbolicLink("link", to: "etc")
      tar.pax([("SCHILY.xattr.user.a", Array("b".utf8))])
      tar.file("link/new", "content")
    },
  ]

  private static func words(_ command: [String], _ rig: UnpackRig) -> [String] {
    command + ["--image", rig.layout] + UnpackRig.ownIDs + [rig.bundle]
  }

  /// What is below the destination, without what differs from run to run.
  private static func content(_ rig: UnpackRig) throws -> [String] {
    try Files.listing(rig.bundle).filter { !$0.contains(".mtree") }.map {
      // What it holds are inodes and times of this very bundle.
      $0.contains("umoci-tx-stat-cache") ? "a stat cache" : $0
    }
  }

  @Test(arguments: [["unpack"], ["raw", "unpack"]], ["before", "after"])
  func `a death at any call leaves nothing that looks whole`(
    command: [String], moment: String
  ) throws {
    let rig = try UnpackRig()
    try rig.image(Self.layers)
    let log = rig.folder("calls")
    let whole = try BuiltProgram.run(
      Self.words(command, rig), environment: ["UMOCI_TX_FAIL_LOG": log])
    try #require(whole.status == 0, "\(whole)")
    let expected = try Self.content(rig)
    let calls = String(decoding: try Files.read(log), as: UTF8.self).split(separator: "\n")
    // With a lease the number of calls depends on what was there before; each kind of call is tried.
    let isRaw = command.count == 2
    let points = Set(
      calls.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
    )
    .filter { point in ["extract.", "bundle."].contains { point.hasPrefix($0) } }
    let deaths = isRaw ? calls.indices.map { "\($0 + 1)" } : points.sorted()
    #expect(deaths.count > 12, "\(calls)")
    for death in deaths {
      try Files.remove(rig.bundle)
      let dead = try BuiltProgram.run(
        Self.words(command, rig), environment: ["UMOCI_TX_FAIL": "\(death):\(moment)"])
      #expect(dead.status == 137, "\(death): \(dead)")
      if Files.exists(rig.bundle + (isRaw ? "" : "/umoci.json")) {
        #expect(try Self.content(rig) == expected, "\(death)")
        try Files.remove(rig.bundle)
      }
      let again = try BuiltProgram.run(Self.words(command, rig))
      #expect(again.status == 0, "\(death): \(again)")
      #expect(try Self.content(rig) == expected, "\(death)")
      #expect(try Files.names(in: rig.folder("place")).count == 3, "\(death)")
    }
  }

  @Test(arguments: [["unpack"], ["raw", "unpack"]], [("INT", Int32(130)), ("TERM", 143)])
  func `an interruption leaves nothing, and a rerun works`(
    command: [String], signal: (String, Int32)
  ) throws {
    let rig = try UnpackRig()
    let large = String(repeating: "0123456789abcdef", count: 1 << 16)
    try rig.image([TarBuilder.make { tar in for n in 0..<40 { tar.file("f\(n)", large) } }])
    let words = Self.words(command + ["--progress=plain"], rig).joined(separator: " ")
    // Once the first line is there, it is at work.
    let script = """
      cd "$1"; env --default-signal=\(signal.0) "$2" \(words) 2>log & p=$!
      while [ ! -s "$1/log" ] && [ -e /proc/$p/exe ]; do :; done
      kill -\(signal.0) $p; wait $p
      """
    let run = try ExternalCommand.run(
      [
        "bash", "-c", script, "bash", rig.folder.path, BuiltProgram.path,
      ], timeout: 30)
    #expect(run.status == signal.1, "\(run)")
    #expect(try rig.isPlaceUntouched())
    let again = try BuiltProgram.run(Self.words(command, rig))
    #expect(again.status == 0, "\(again)")
  }
}
