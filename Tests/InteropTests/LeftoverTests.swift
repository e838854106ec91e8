import Glibc
import Store
import TestSupport
import Testing

@testable import Journal

/// What a tool under `exec` leaves in its view and nobody can, or can easily, remove.
@Suite struct LeftoverTests {
  private static let exec = ["exec", "--layout", "L", "--"]

  private func made() throws -> Arena {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    return arena
  }

  private func stage(_ arena: Arena) throws -> [String] {
    try Files.names(in: arena.layout + "/.ocitx/stage")
  }

  @Test(
    arguments: [
      #"touch "$0/$(printf '\377')""#,
      #"cd "$0"; for i in $(seq 300); do mkdir d; cd d; done"#,
      #"mkdir -p "$0/x/$(printf '\377')/y"; chmod 0 "$0/x""#,
      #"rm -r "$0"; ln -s / "$0""#,
    ], ["exit 0", "kill -9 $PPID; sleep 60"])
  func `what it leaves is removed, whatever it is called`(script: String, end: String) throws {
    let arena = try made()
    let outcome = try arena.run(Self.exec + ["bash", "-c", script + "; " + end, "{}"])
    #expect(outcome.status != 0 || end == "exit 0", "\(outcome)")
    try arena.succeed(["tag", "--image", "L:base", "second"])
    #expect(try stage(arena) == [])
    #expect(try arena.problems() == [])
  }

  @Test(
    .enabled(if: Requirement.root.isMet, "needs to run as root"), arguments: [false, true])
  func `a mount in a view stops nobody, and goes with its view when it is unmounted`(
    isBound: Bool
  ) throws {
    let arena = try made()
    try Files.makeDirectory(arena.folder("precious"))
    try Files.write("kept", to: arena.folder("precious/file"))
    let mount = isBound ? #"mount --bind precious "$0/m""# : #"mount -t tmpfs none "$0/m""#
    try arena.succeed(Self.exec + ["sh", "-ec", #"mkdir "$0/m"; "# + mount, "{}"])
    let unmount = #"umount "$(find L/.ocitx/stage -name m)""#
    defer { _ = try? arena.tool("sh", "-c", unmount) }
    for command in [
      ["tag", "--image", "L:base", "second"], ["recover", "--layout", "L"],
      ["gc", "--prune", "--layout", "L"], ["undo", "--layout", "L"],
    ] {
      let outcome = try arena.run(command)
      #expect(outcome.status == 0, "\(command): \(outcome)")
      let told = outcome.standardOutput + outcome.standardError
      #expect(told.contains("/m: Device or resource busy"), "\(command): \(outcome)")
      #expect(told.contains("the next command tries again"), "\(command): \(outcome)")
    }
    #expect(try Files.read(arena.folder("precious/file")) == Array("kept".utf8))
    #expect(try arena.tool("sh", "-c", unmount).status == 0)
    let outcome = try arena.run(["tag", "--image", "L:base", "third"])
    #expect(outcome.standardError == "", "\(outcome)")
    #expect(try stage(arena) == [])
    #expect(try Files.read(arena.folder("precious/file")) == Array("kept".utf8))
    #expect(try arena.problems() == [])
  }

  @Test(.enabled(if: Requirement.root.isMet, "needs to run as root"))
  func `an immutable file in a view stops nobody`() throws {
    let arena = try made()
    let outcome = try arena.run(
      Self.exec + ["sh", "-c", #"touch "$0/f"; chattr +i "$0/f""#, "{}"])
    // tmpfs knows no such files on older kernels.
    guard outcome.status == 0 else { return }
    let change = "find L/.ocitx/stage -name f -exec chattr -i {} +"
    defer { _ = try? arena.tool("sh", "-c", change) }
    for command in [["tag", "--image", "L:base", "second"], ["recover", "--layout", "L"]] {
      let outcome = try arena.run(command)
      #expect(outcome.status == 0, "\(command): \(outcome)")
      #expect((outcome.standardOutput + outcome.standardError).contains("Operation not permitted"))
    }
    #expect(try arena.tool("sh", "-c", change).status == 0)
    try arena.succeed(["recover", "--layout", "L"])
    #expect(try stage(arena) == [])
    #expect(try arena.problems() == [])
  }

  /// Reflinks and copies are no files of the layout: only their names say what the tool sees.
  @Test(arguments: [0, 2 << 20])
  func `gc --prune takes nothing that a living tool has seen from the start`(layerSize: Int) throws
  {
    let arena = try Arena(images: 2, layerSize: layerSize)
    try arena.succeed(["tag", "--image", "L:g1", "first"])
    for name in ["undo-days", "undo-operations"] {
      try arena.succeed(["settings", "set", name, "0", "--layout", "L"])
    }
    let script = #"""
      cp "$0/index.json" seen; : > ready; while [ ! -e go ]; do sleep 0.01; done
      sed 's/"g1"/"mine"/' seen > "$0/new"; mv "$0/new" "$0/index.json"
      """#
    let child = try Child(Self.exec + ["sh", "-ec", script, "{}"], in: arena, named: "exec")
    while !Files.exists(arena.folder("ready")), !child.isOver { usleep(2000) }
    try arena.succeed(["rm", "--image", "L:g1"])
    try arena.succeed(["rm", "--image", "L:first"])
    try arena.succeed(["gc", "--grace", "0", "--layout", "L"])
    try arena.succeed(["gc", "--grace", "0", "--prune", "--layout", "L"])
    try Files.write("", to: arena.folder("go"))
    #expect(child.wait() == 0, "\(child.output)")
    #expect(try arena.tags()["mine"] == arena.images[1])
    #expect(try arena.problems() == [])
  }
}
