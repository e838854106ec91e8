import Glibc
import Store
import TestSupport
import Testing

/// Unpacking as the root of a user namespace, whose ids are a part of those of the host.
@Suite(
  .enabled(if: Requirement.root.isMet, "needs to map ids into a user namespace"))
struct UserNamespaceTests {
  private static let layer = TarBuilder.make { tar in
    tar.directory("etc")
    var mine = TarBuilder.Header("etc/mine")
    mine.userID = 7
    mine.groupID = 8
    tar.add(mine, Array("x".utf8))
    var device = TarBuilder.Header("null")
    device.type = "3"
    device.device = (1, 3)
    device.mode = 0o666
    tar.add(device)
    tar.special("fifo", type: "6")
    // A capability of version 2, as images have it: the kernel makes one of version 3 of it.
    tar.pax([
      ("SCHILY.xattr.security.capability", [1, 0, 0, 2, 0, 4] + [UInt8](repeating: 0, count: 14)),
      ("SCHILY.xattr.trusted.overlay.opaque", Array("y".utf8)),
    ])
    tar.file("tool", "binary", mode: 0o755)
  }

  /// Runs the program as the root of a namespace whose ids 0 to 65535 are 100000 and on outside.
  private func inside(_ rig: UnpackRig, _ words: [String]) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run(["chmod", "-R", "a+rwX", rig.folder.path])
    let script = """
      mkfifo "$0/go"
      unshare -U --keep-caps sh -c 'read x <"$0"; exec setpriv --reuid=0 --regid=0 --clear-groups "$@"' \
        "$0/go" "$@" & p=$!
      own=$(readlink /proc/self/ns/user)
      while [ "$(readlink /proc/$p/ns/user)" = "$own" ]; do :; done
      echo 0 100000 65536 >/proc/$p/uid_map
      echo 0 100000 65536 >/proc/$p/gid_map
      echo >"$0/go"
      wait $p
      """
    defer { try? Files.remove(rig.folder("go")) }
    return try ExternalCommand.run(
      ["bash", "-c", script, rig.folder.path, BuiltProgram.path] + words, timeout: 30)
  }

  @Test func `the root of a namespace keeps owners, and devices become files`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer])
    let run = try inside(rig, ["unpack", "--image", rig.layout, rig.bundle])
    #expect(run.status == 0, "\(run)")
    #expect(run.standardError.contains("instead of a device node"), "\(run)")
    #expect(run.standardError.contains("trusted.overlay.opaque"), "\(run)")
    let found = try ExternalCommand.run(
      [
        "stat", "-c", "%n %u:%g %F %a", "etc/mine", "null", "fifo", "tool",
      ], in: rig.bundle + "/rootfs")
    #expect(
      found.standardOutput == """
        etc/mine 100007:100008 regular file 644
        null 100000:100000 regular empty file 666
        fifo 100000:100000 fifo 644
        tool 100000:100000 regular file 755

        """, "\(found)")
  }

  @Test func `an id that the namespace does not have is told`() throws {
    let rig = try UnpackRig()
    try rig.image([
      TarBuilder.make { tar in
        var header = TarBuilder.Header("far")
        header.userID = 70_000
        tar.add(header, [1])
      }
    ])
    let run = try inside(rig, ["unpack", "--image", rig.layout, rig.bundle])
    #expect(run.status != 0 && run.status != 70, "\(run)")
    #expect(run.standardError.contains("entry \"far\""), "\(run)")
    #expect(try Files.names(in: rig.folder("place")) == ["canary", "outside"])
    let rootless = try inside(rig, ["unpack", "--rootless", "--image", rig.layout, rig.bundle])
    #expect(rootless.status == 0, "\(rootless)")
  }

  @Test func `one mapped id is enough without privileges, rootless`() throws {
    let rig = try UnpackRig()
    try rig.image([Self.layer])
    try ExternalCommand.run(["chmod", "-R", "a+rwX", rig.folder.path])
    let run = try ExternalCommand.run([
      "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "unshare", "-Ur",
      BuiltProgram.path, "unpack", "--rootless", "--image", rig.layout, rig.bundle,
    ])
    #expect(run.status == 0, "\(run)")
    let owner = try ExternalCommand.run(["stat", "-c", "%u", rig.bundle + "/rootfs/etc/mine"])
    #expect(owner.standardOutput == "65534\n")
  }
}
