import Glibc
import Store
import TestSupport
import Testing

/// unpack → change → repack → unpack, by somebody who is not root.
@Suite(.enabled(if: Requirement.root.isMet, "needs to become another user"))
struct UnprivilegedRepackTests {
  /// A layout, a bundle and a program that belong to nobody.
  private struct Rig {
    let rig: UnpackRig
    let program: String

    init() throws {
      rig = try UnpackRig()
      try rig.image([RepackRig.layer])
      // The one that was built may lie where another user cannot look.
      program = rig.folder("program")
      try ExternalCommand.run(["cp", BuiltProgram.path, program])
      try ExternalCommand.run(["chown", "-R", "65534:65534", rig.folder.path])
    }

    var layout: String { rig.layout }
    func path(_ name: String) -> String { rig.folder("place/" + name) }

    func succeed(_ words: [String], in folder: String? = nil) throws {
      let run = try ExternalCommand.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + words, in: folder)
      guard run.status == 0 else { throw TestFailure("\(words): \(run)") }
    }

    func unpack(_ tag: String, to bundle: String) throws -> String {
      try succeed([
        program, "unpack", "--rootless", "--image", "\(layout):\(tag)", path(bundle),
      ])
      return path(bundle) + "/rootfs"
    }
  }

  /// Takes permissions away at the end, from files and from folders with something in them.
  private static func lock(_ random: inout some RandomNumberGenerator) -> String {
    let modes = ["000", "200", "400", "100", "500", "2700"]
    return (0..<3).map { _ in
      let mode = modes.randomElement(using: &random) ?? "000"
      let number = Int.random(in: 1...12, using: &random)
      return "n=$(find . -mindepth 1 ! -type l | sort | sed -n \(number)p); [ -z \"$n\" ] "
        + "|| chmod \(mode) \"$n\""
    }.joined(separator: "\n") + "\ntrue"
  }

  @Test func `what keeps its owner out comes back as it was`() throws {
    var random = SplitMix(announcing: TestEffort.seed(for: "unprivileged"))
    for round in 0..<3 * TestEffort.factor {
      let rig = try Rig()
      let rootfs = try rig.unpack("latest", to: "bundle")
      for step in 0..<2 {
        let place = "seed \(TestEffort.seed), round \(round), step \(step)"
        let script =
          "chmod -R u+rwx .\n" + RandomChanges.script(steps: 12, &random)
          + "\nsetfattr -n user.rootlesscontainers -v 0x08fb18108e12 usr 2>/dev/null\n"
          + Self.lock(&random)
        try rig.succeed(["bash", "-c", script], in: rootfs)
        let before = try RandomChanges.facts(of: rootfs)
        try rig.succeed([
          rig.program, "repack", "--image", "\(rig.layout):r\(step)", "--refresh-bundle",
          rig.path("bundle"),
        ])
        #expect(try RandomChanges.facts(of: rootfs) == before, "\(place): repack changed the tree")
        let found = try RandomChanges.facts(of: rig.unpack("r\(step)", to: "again-\(step)"))
        #expect(found == before, "\(place): \(found.difference(from: before))")
        // Of a bundle that was refreshed nothing has changed.
        try rig.succeed([
          "sh", "-c",
          "\"$0\" repack --dry-run --image \"$1:x\" \"$2\" | grep -q 'nothing has changed'",
          rig.program, rig.layout, rig.path("bundle"),
        ])
      }
    }
  }
}
