import Glibc
import Store
import TestSupport
import Testing

@testable import Journal

/// `exec` with tools that fail, die, clean up and damage.
@Suite struct ExecTests {
  private static let exec = ["exec", "--layout", "L", "--"]

  @Test(arguments: [("exit 3", Int32(3)), ("kill -9 $$", 137), ("kill -15 $$", 143)])
  func `a tool that fails has changed nothing`(script: String, status: Int32) throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let before = try Files.read(arena.layout + "/index.json")
    let outcome = try arena.run(
      Self.exec + ["sh", "-c", "cp $0/index.json $0/x; echo {} > $0/index.json; " + script, "{}"])
    #expect(outcome.status == status, "\(outcome)")
    #expect(try Files.read(arena.layout + "/index.json") == before)
    #expect(try arena.problems() == [])
  }

  @Test func `when we are killed the tool dies too and recover removes its view`() throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let before = try arena.tags()
    let script = "echo $$ > tool.pid.new; mv tool.pid.new tool.pid; exec sleep 60"
    let child = try Child(Self.exec + ["sh", "-c", script, "{}"], in: arena, named: "exec")
    let path = arena.folder("tool.pid")
    while !Files.exists(path), !child.isOver { usleep(2000) }
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    let tool = try #require(pid_t(text.prefix { $0 != "\n" }))
    child.signal(SIGKILL)
    #expect(child.wait() == 137)
    // The kernel kills it with its parent; its new parent may take a moment to reap it.
    var rounds = 0
    while kill(tool, 0) == 0, try !isZombie(tool), rounds < 1000 {
      usleep(2000)
      rounds += 1
    }
    #expect(rounds < 1000)
    #expect(try Files.names(in: arena.layout + "/.ocitx/stage").count == 1)
    try arena.succeed(["recover", "--layout", "L"])
    #expect(try arena.tags() == before)
    #expect(try arena.problems() == [])
  }

  private func isZombie(_ process: pid_t) throws -> Bool {
    guard let bytes = try? Files.read("/proc/\(process)/stat") else { return true }
    return String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.hasPrefix(" Z")
      ?? true
  }

  @Test(.enabled(if: Requirement.umoci.isMet, "needs the program `umoci` in PATH"))
  func `a gc in the view removes nothing of the layout`() throws {
    let arena = try Arena(layerSize: 2 << 20)
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let blobs = try Files.names(in: arena.layout + "/blobs/sha256")
    let script = "umoci rm --image $0:g1 && umoci gc --layout $0"
    try arena.succeed(Self.exec + ["sh", "-c", script, "{}"])
    #expect(try Files.names(in: arena.layout + "/blobs/sha256") == blobs)
    #expect(try arena.tags()["g1"] == nil)
    try arena.succeed(["undo", "--layout", "L"])
    #expect(try arena.tags()["g1"] == arena.images[1])
    #expect(try arena.problems() == [])
  }

  @Test(arguments: [
    (": > $0/index.json", "there is no JSON value"), ("rm $0/index.json", "it is gone"),
    ("rm -r $0", "it is gone"), ("rm $0/index.json; mkfifo $0/index.json", "it is no regular file"),
    ("rm $0/index.json; mkdir $0/index.json", "it is no regular file"),
    ("truncate -s 1G $0/index.json", "larger than"), ("echo [] > $0/index.json", ""),
  ])
  func `a tool that leaves no index is told so, and has changed nothing`(
    script: String, reason: String
  ) throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let before = try Files.read(arena.layout + "/index.json")
    let outcome = try arena.run(Self.exec + ["sh", "-c", script, "{}"])
    #expect(outcome.status == 65, "\(outcome)")
    #expect(outcome.standardError.contains("error: the tool left no usable index.json"))
    #expect(outcome.standardError.contains("caused by: "), "\(outcome)")
    #expect(outcome.standardError.contains(reason), "\(outcome)")
    #expect(!outcome.standardError.contains("umoci-tx recover"), "\(outcome)")
    #expect(try Files.read(arena.layout + "/index.json") == before)
    #expect(try arena.problems() == [])
    #expect(try Files.names(in: arena.layout + "/.ocitx/stage").isEmpty)
  }

  @Test func `a signal after the tool has ended leaves nothing behind`() throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let before = try arena.tags()
    // What it leaves running is asked to end when it is gone, and sends us the signal then.
    let script = #"""
      (trap "kill -TERM $PPID; exit" TERM; sleep 60 & echo > ready; wait) &
      while [ ! -e ready ]; do :; done
      sed -i 's/ref.name":"first"/ref.name":"other"/' "$0/index.json"
      """#
    let outcome = try arena.run(Self.exec + ["sh", "-c", script, "{}"])
    #expect(outcome.status == 143, "\(outcome)")
    #expect(outcome.standardError.contains("error: interrupted by signal 15"), "\(outcome)")
    #expect(try arena.tags() == before)
    #expect(try Files.names(in: arena.layout + "/.ocitx/stage").isEmpty)
    #expect(try Files.names(in: arena.layout + "/.ocitx/live").isEmpty)
  }

  @Test(arguments: [(">>", true, 0), (">>", true, 3), ("1<>", false, 0)])
  func `a tool that writes into a linked layer is told, and what can be is put back`(
    redirection: String, isAppended: Bool, status: Int
  ) throws {
    let arena = try Arena(layerSize: 2 << 20)
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let before = try arena.tags()
    // A loop device's file system may share blocks: only what shares the inode is concerned.
    let script =
      #"f=$(find $0/blobs -size +1M -links +1 | head -1); [ -n "$f" ] || exit 77; printf xyz "#
      + redirection + #" "$f"; rm "$f"; exit \#(status)"#
    let outcome = try arena.run(Self.exec + ["sh", "-c", script, "{}"])
    if outcome.status == 77 { return }
    #expect(outcome.status == 65, "\(outcome)")
    #expect(outcome.standardError.contains("wrote into 1 blob(s)"), "\(outcome)")
    #expect(outcome.standardError.contains(isAppended ? "put back: sha256/" : "lost: sha256/"))
    #expect(try arena.tags() == before)
    #expect(try arena.problems().isEmpty == isAppended)
    guard isAppended else { return }
    // The history's name for it is the good one, too.
    for name in try Files.names(in: arena.layout + "/.ocitx/keep/sha256") {
      let bytes = try Files.read(arena.layout + "/.ocitx/keep/sha256/" + name)
      #expect(Digest.sha256(of: bytes).encoded == name)
    }
  }

  @Test func `what a tool leaves running is ended before its work is taken`() throws {
    let arena = try Arena()
    let script =
      "(trap '' TERM; echo $$ >&2; exec sleep 60) & setsid sleep 60 & sleep 60 &"
      + " echo $! > left.pid; umoci new --image $0:n"
    try arena.succeed(Self.exec + ["sh", "-c", script, "{}"])
    let text = String(decoding: try Files.read(arena.folder("left.pid")), as: UTF8.self)
    let left = try #require(pid_t(text.prefix { $0 != "\n" }))
    #expect(kill(left, 0) != 0)
    #expect(try arena.tags()["n"] != nil)
    #expect(try arena.problems() == [])
  }

  @Test(arguments: [
    (SIGTERM, "", Int32(143)), (SIGINT, "trap 'exit 0' INT; ", 130), (SIGHUP, "", 129),
  ])
  func `a signal to us reaches the tool and all that it started`(
    number: Int32, trap: String, status: Int32
  ) throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let before = try arena.tags()
    let script = trap + "sleep 60 & echo $! > tool.pid.new; mv tool.pid.new tool.pid; wait"
    let (child, grandchild) = try start(script, in: arena)
    child.signal(number)
    #expect(child.wait() == status)
    #expect(kill(grandchild, 0) != 0)
    #expect(try arena.tags() == before)
    // Nothing is left for a recovery to do.
    #expect(try arena.problems() == [])
    #expect(try Files.names(in: arena.layout + "/.ocitx/stage").isEmpty)
  }

  @Test func `what outlives us keeps its view until it ends`() throws {
    let arena = try Arena()
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let before = try arena.tags()
    let script = "sleep 60 & echo $! > tool.pid.new; mv tool.pid.new tool.pid; wait"
    let (child, grandchild) = try start(script, in: arena)
    child.signal(SIGKILL)
    #expect(child.wait() == 137)
    try arena.succeed(["recover", "--layout", "L"])
    #expect(kill(grandchild, 0) == 0)
    #expect(try Files.names(in: arena.layout + "/.ocitx/stage").count == 1)
    #expect(kill(grandchild, SIGKILL) == 0)
    while kill(grandchild, 0) == 0, try !isZombie(grandchild) { usleep(1000) }
    try arena.succeed(["recover", "--layout", "L"])
    #expect(try Files.names(in: arena.layout + "/.ocitx/stage").isEmpty)
    #expect(try arena.tags() == before)
    #expect(try arena.problems() == [])
  }

  /// Starts a script that writes the number of a process to `tool.pid`.
  private func start(_ script: String, in arena: Arena) throws -> (Child, pid_t) {
    let child = try Child(Self.exec + ["sh", "-c", script, "{}"], in: arena, named: "exec")
    let path = arena.folder("tool.pid")
    while !Files.exists(path), !child.isOver { usleep(2000) }
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    return (child, try #require(pid_t(text.prefix { $0 != "\n" })))
  }
}
