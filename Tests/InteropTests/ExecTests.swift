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
    // The kernel kills it with its parent; its new parent may take a moment to bury it.
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

  @Test(arguments: [">>", "1<>"])
  func `a tool that writes into a linked blob is refused`(redirection: String) throws {
    let arena = try Arena(layerSize: 2 << 20)
    try arena.succeed(["tag", "--image", "L:base", "first"])
    let before = try arena.tags()
    let script =
      #"f=$(find $0/blobs -size +1M | head -1); printf xyz "# + redirection
      + #" "$f"; cp $0/index.json $0/i; mv $0/i $0/index.json"#
    let outcome = try arena.run(Self.exec + ["sh", "-c", script, "{}"])
    #expect(outcome.status == 65, "\(outcome)")
    #expect(outcome.standardError.contains("wrote into the blob"), "\(outcome)")
    #expect(try arena.tags() == before)
  }
}
