import Glibc
import Store
import TestSupport
import Testing

/// Untrusted trees, and what in them cannot be removed.
@Suite struct TreeRemovalTests {
  private let folder: TemporaryDirectory
  private let directory: OpenDirectory

  init() throws {
    folder = try TemporaryDirectory()
    directory = try OpenDirectory.open(folder.path)
  }

  /// Runs a script; `$1` is the folder.
  private func shell(_ script: String) throws {
    let outcome = try ExternalCommand.run(["bash", "-ec", script, "bash", folder.path])
    guard outcome.status == 0 else { throw TestFailure("\(script): \(outcome)") }
  }

  private func failure() -> SyscallError? {
    do throws(SyscallError) { try directory.removeTree("tree", "test.remove") } catch {
      return error
    }
    return nil
  }

  @Test func `what is not there is removed without complaint`() throws {
    try directory.removeTree("none", "test.remove")
  }

  @Test func `a tree is removed without following its links`() throws {
    try Files.makeDirectory(folder("keep"))
    try Files.write("precious", to: folder("keep/file"))
    try Files.makeDirectory(folder("tree/a/b/c"))
    try Files.write("x", to: folder("tree/a/b/c/file"))
    try Files.link(folder("tree/a/link"), to: folder("keep"))
    try Files.link(folder("tree/dangling"), to: "nowhere")
    #expect(mkfifo(folder("tree/fifo"), 0o600) == 0)
    try directory.removeTree("tree", "test.remove")
    #expect(try directory.entryNames() == ["keep"])
    #expect(try Files.read(folder("keep/file")) == Array("precious".utf8))
  }

  @Test(arguments: [
    #"mkdir "$1/tree"; touch "$1/tree/$(printf '\377')" "$1/tree/$(printf 'a\nb\357\277\275')""#,
    #"mkdir -p "$1/tree/$(printf '\376')/$(printf '\377')/x""#,
    #"mkdir "$1/tree"; cd "$1/tree"; mkdir -p $(printf 'd/%.0s' {1..2000}); touch d/d/d/end"#,
    #"mkdir "$1/tree"; cd "$1/tree"; mkdir .removed-0 .removed-1; touch .removed-0/x .removed-2 .removed-1/y"#,
    #"mkdir -p "$1"/tree/{a,b,c}/{.removed-0,.removed-1,d}/{x,y}"#,
    #"touch "$1/tree""#, #"ln -s / "$1/tree""#,
  ])
  func `a tree of any names and any depth is removed`(script: String) throws {
    try shell(script)
    try directory.removeTree("tree", "test.remove")
    #expect(try directory.entryNames() == [])
  }

  @Test func `a tree is removed by several at once`() async throws {
    for number in 0..<200 {
      try Files.makeDirectory(folder("tree/\(number % 20)/a/b"))
      try Files.write("", to: folder("tree/\(number % 20)/a/b/\(number)"))
    }
    let directory = directory
    await withTaskGroup(of: SyscallError?.self) { group in
      for _ in 0..<4 {
        group.addTask {
          do throws(SyscallError) { try directory.removeTree("tree", "test.remove") } catch {
            return error
          }
          return nil
        }
      }
      for await failure in group { #expect(failure == nil) }
    }
    #expect(try directory.entryNames() == [])
  }

  @Test(.enabled(if: Requirement.root.isMet, "needs to run as root"))
  func `folders that keep their owner out are removed`() async throws {
    try shell(
      #"""
      cd "$1"; chmod 777 .; mkdir -p tree/a/b/c tree/none/d; touch tree/a/b/c/f tree/none/d/f
      chmod 0 tree/a/b/c tree/none; chmod 555 tree/a/b tree/a; chown -R 1234 tree
      """#)
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      // Root is let in everywhere.
      guard setuid(1234) == 0 else { throw TestFailure("setuid") }
      try OpenDirectory.open(path).removeTree("tree", "test.remove")
    }
    #expect(try directory.entryNames() == [])
  }

  @Test(
    .enabled(if: Requirement.root.isMet, "needs to run as root"), arguments: [false, true])
  func `what is mounted stays with all that is in it`(isDeep: Bool) throws {
    let place = isDeep ? "tree/a/b/m" : "tree/m"
    try Files.makeDirectory(folder("keep"))
    try Files.write("precious", to: folder("keep/file"))
    try Files.makeDirectory(folder(place))
    try Files.write("", to: folder("tree/z"))
    try shell(#"mount --bind "$1/keep" "$1/\#(place)""#)
    defer { try? shell(#"umount "$(find "$1/tree" -name m)""#) }
    let error = try #require(failure())
    #expect(error.code == EBUSY)
    #expect(try Files.read(folder("keep/file")) == Array("precious".utf8))
    #expect(try Files.names(in: folder("tree")).count == 1)
    #expect(try #require(failure()).code == EBUSY)
    try shell(#"umount "$(find "$1/tree" -name m)""#)
    #expect(failure() == nil)
    #expect(try directory.entryNames() == ["keep"])
  }

  @Test(.enabled(if: Requirement.root.isMet, "needs to run as root"))
  func `around an immutable file all is removed`() throws {
    try shell(
      #"mkdir -p "$1/tree/a/b" "$1/tree/c"; touch "$1/tree/a/b/f" "$1/tree/a/g" "$1/tree/c/h""#)
    let isImmutable = (try? shell(#"chattr +i "$1/tree/a/b/f""#)) != nil
    defer { try? shell(#"find "$1" -name f -exec chattr -i {} +"#) }
    if isImmutable {
      #expect(try #require(failure()).code == EPERM)
      let left = try ExternalCommand.run(["find", folder.path, "-type", "f"]).standardOutput
      #expect(left.split(separator: "\n").count == 1 && left.hasSuffix("/f\n"))
      try shell(#"find "$1" -name f -exec chattr -i {} +"#)
    }
    #expect(failure() == nil)
    #expect(try directory.entryNames() == [])
  }
}
