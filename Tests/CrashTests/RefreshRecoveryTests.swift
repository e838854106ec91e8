import TestSupport
import Testing

/// The bundle of an interrupted `repack --refresh-bundle` is not as it was left when somebody recovers.
@Suite struct RefreshRecoveryTests {
  private static let retries = "could not be refreshed"
  private static let isGone = "is gone or not mounted"

  /// Why a bundle cannot be written.
  enum Obstacle: String, CaseIterable, Sendable {
    case readOnlyMount, immutableFolder, immutableFile

    /// Whether this machine can have it.
    static let isPossible: Bool = {
      let script = #"""
        cd "$(mktemp -d -p "$1")" && touch f && chattr +i f && ! rm -f f 2>/dev/null
        chattr -i f && rm -r "$PWD" && unshare -m true
        """#
      let folder = try? Sandbox()
      let outcome = folder.flatMap {
        try? ExternalCommand.run(["sh", "-ec", script, "sh", $0.root])
      }
      return outcome?.status == 0
    }()

    /// What commands are run by meanwhile.
    func launcher(_ bundle: String) -> [String] {
      guard self == .readOnlyMount else { return [] }
      let script = #"mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@""#
      return ["unshare", "-m", "sh", "-c", script, bundle]
    }

    /// Puts it in the way, or takes it away.
    func set(_ isThere: Bool, _ bundle: String) throws {
      if self == .readOnlyMount { return }
      let path = bundle + (self == .immutableFile ? "/umoci.json" : "")
      let outcome = try ExternalCommand.run(["chattr", isThere ? "+i" : "-i", path])
      guard outcome.status == 0 else { throw TestFailure("chattr: \(outcome)") }
    }
  }

  @Test(
    .enabled(if: Obstacle.isPossible, "needs the rights to mount and to make files immutable"),
    arguments: InterruptedRefresh.deaths, Obstacle.allCases)
  func `a bundle that cannot be written waits, and stops nobody`(
    death: String, obstacle: Obstacle
  ) throws {
    let refresh = try InterruptedRefresh(at: death)
    let launcher = obstacle.launcher(refresh.bundle)
    try obstacle.set(true, refresh.bundle)
    defer { try? obstacle.set(false, refresh.bundle) }
    for said in [
      try refresh.work(under: launcher), try refresh.recover(under: launcher),
      try refresh.work(["new", "--image", "{L}:new"], under: launcher),
    ] {
      #expect(said.contains(Self.retries) && said.contains("move the bundle away"), "\(said)")
    }
    let repack = try refresh.sandbox.run(
      ["repack", "--image", "{L}:a", "{B}"], under: launcher)
    #expect(repack.status == 75 && repack.standardError.contains("umoci-tx recover"), "\(repack)")
    #expect(try refresh.waitingProblems() == [])
    try obstacle.set(false, refresh.bundle)
    #expect(try !refresh.recover().contains(Self.retries))
    #expect(try refresh.finishedProblems() == [])
    #expect(try refresh.repackProblems(refresh.bundle) == [])
  }

  @Test(
    .enabled(if: OwnedLayout.isPossible, "needs the rights to change users"),
    arguments: InterruptedRefresh.deaths)
  func `a bundle of somebody else waits for whoever may write it`(death: String) throws {
    let refresh = try InterruptedRefresh(at: death)
    let own = try ExternalCommand.run([
      "sh", "-ec", #"chmod 755 "$1"; chown -R 1000:1000 "$1"; chown 1001:1001 "$1/root/b""#, "sh",
      refresh.sandbox.folder.path,
    ])
    #expect(own.status == 0, "\(own)")
    let user = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"]
    for said in [try refresh.work(under: user), try refresh.recover(under: user)] {
      #expect(said.contains(Self.retries) && said.contains("Permission denied"), "\(said)")
    }
    #expect(try refresh.waitingProblems() == [])
    #expect(try !refresh.recover().contains(Self.retries))
    #expect(try refresh.finishedProblems() == [])
  }

  @Test(arguments: InterruptedRefresh.deaths)
  func `a bundle that comes back is refreshed by whoever comes next`(death: String) throws {
    let refresh = try InterruptedRefresh(at: death)
    try move(refresh.bundle, to: refresh.elsewhere)
    for tag in ["one", "two"] {
      let said = try refresh.work(["tag", "--image", "{L}:a", tag])
      #expect(said.contains(Self.isGone) && said.contains("umoci-tx recover"), "\(said)")
    }
    #expect(try refresh.layoutProblems() == [])
    try move(refresh.elsewhere, to: refresh.bundle)
    #expect(try !refresh.work().contains(Self.isGone))
    #expect(try refresh.finishedProblems() == [])
  }

  @Test(arguments: InterruptedRefresh.deaths, [false, true])
  func `recover gives up a bundle that is gone or was moved, which can be repacked all the same`(
    death: String, comesBack: Bool
  ) throws {
    let refresh = try InterruptedRefresh(at: death)
    try move(refresh.bundle, to: refresh.elsewhere)
    let said = try refresh.recover()
    #expect(said.contains(Self.isGone) && said.contains("it is given up"), "\(said)")
    if comesBack { try move(refresh.elsewhere, to: refresh.bundle) }
    #expect(try !refresh.recover().contains("bundle"))
    #expect(try refresh.layoutProblems() == [])
    let path = comesBack ? refresh.bundle : refresh.elsewhere
    #expect(try BundleAudit.base(of: path) == refresh.old)
    #expect(try refresh.repackProblems(path) == [])
  }

  /// What may be there instead of the bundle: a bundle of another image, of the very same one, or of the one
  /// that it was to be based on; no bundle at all.
  static let substitutes = [
    "new {L}:other; unpack {L}:other", "unpack {L}:a@{1}", "unpack {L}:a", "touch", "mkfifo",
    "ln -s b",
    "mkdir", "mkfifo metadata",
  ]

  @Test(arguments: InterruptedRefresh.deaths, substitutes)
  func `what has taken the place of a bundle is left alone`(
    death: String, substitute: String
  ) throws {
    let refresh = try InterruptedRefresh(at: death)
    try move(refresh.bundle, to: refresh.elsewhere)
    try put(substitute, refresh)
    let before = try contents(refresh.bundle)
    let first = try refresh.work()
    let isDone = substitute == "unpack {L}:a"
    #expect(first.contains("bundle") != isDone, "\(first)")
    let final = try refresh.recover() + refresh.work(["new", "--image", "{L}:later"])
    #expect(!final.contains("could not"), "\(final)")
    #expect(try !refresh.work(["new", "--image", "{L}:last"]).contains("bundle"))
    #expect(try contents(refresh.bundle) == before)
    #expect(try refresh.layoutProblems() == [])
    #expect(try BundleAudit.leaseProblems(of: refresh.bundle, in: refresh.sandbox.layout) == [])
    #expect(try refresh.repackProblems(refresh.elsewhere) == [])
  }

  private func put(_ substitute: String, _ refresh: InterruptedRefresh) throws {
    let words = substitute.split(separator: " ").map(String.init)
    let bundle = refresh.bundle
    switch words[0] {
    case "new":
      _ = try refresh.sandbox.succeed(["new", "--image", "{L}:other"])
      try refresh.sandbox.succeed(["unpack", "--image", "{L}:other", "{B}"])
    case "unpack": try refresh.sandbox.succeed(["unpack", "--image", words[1], "{B}"])
    case "mkfifo" where words.count > 1:
      try Files.makeDirectory(bundle)
      try ExternalCommand.run(["mkfifo", bundle + "/umoci.json"])
    default: try ExternalCommand.run(words + [bundle])
    }
  }

  private func contents(_ path: String) throws -> [String] {
    let outcome = try ExternalCommand.run(["ls", "-laRi", "--time-style=full-iso", path])
    return outcome.standardOutput.split(separator: "\n").map(String.init)
  }

  private func move(_ path: String, to other: String) throws {
    let outcome = try ExternalCommand.run(["mv", "-T", path, other])
    guard outcome.status == 0 else { throw TestFailure("mv: \(outcome)") }
  }

  @Test(
    .enabled(if: Sandbox.mayMount, "needs the right to mount"),
    arguments: InterruptedRefresh.deaths)
  func `a full disk keeps no bundle from being refreshed`(death: String) throws {
    var disk: FullBundleDisk?
    let refresh = try InterruptedRefresh(at: death) { disk = try FullBundleDisk(below: $0) }
    try disk?.fill()
    #expect(try !refresh.work().contains("bundle"))
    #expect(try refresh.finishedProblems() == [])
    withExtendedLifetime(disk) {}
  }

  @Test(.enabled(if: Sandbox.mayMount, "needs the right to mount"))
  func `a repack on a full disk changes neither tag nor bundle`() throws {
    let sandbox = try Sandbox()
    let disk = try FullBundleDisk(below: sandbox)
    try WritingCommand.changedBundle(sandbox)
    let tags = try LayoutAudit.tags(of: sandbox.layout)
    try disk.fill()
    let before = try contents(sandbox.bundle)
    let repack = ["repack", "--image", "{L}:a", "--refresh-bundle", "{B}"]
    let outcome = try sandbox.run(repack)
    #expect(outcome.status == 74, "\(outcome)")
    #expect(try LayoutAudit.tags(of: sandbox.layout) == tags)
    #expect(try contents(sandbox.bundle).dropFirst(2).count == before.dropFirst(2).count)
    #expect(BundleAudit.leftovers(in: sandbox.bundle) == [])
    try disk.empty()
    try sandbox.succeed(repack)
    #expect(try LayoutAudit.problems(of: sandbox.layout) == [])
    #expect(BundleAudit.problems(of: sandbox.bundle) == [])
    withExtendedLifetime(disk) {}
  }
}

/// A tmpfs of a megabyte in the bundle's place.
private final class FullBundleDisk {
  // It goes after the disk, which lies in it.
  private let sandbox: Sandbox
  private var bundle: String { sandbox.bundle }

  init(below sandbox: Sandbox) throws {
    self.sandbox = sandbox
    try Files.makeDirectory(bundle)
    try Self.must(["mount", "-t", "tmpfs", "-o", "size=1m", "none", bundle])
  }

  deinit { _ = try? ExternalCommand.run(["umount", "-l", bundle]) }

  /// Leaves not a byte free.
  func fill() throws {
    try Self.must(["sh", "-c", #"cat /dev/zero >"$0/config.fill" 2>/dev/null || true"#, bundle])
  }

  /// Makes room again.
  func empty() throws { try Files.remove(bundle + "/config.fill") }

  private static func must(_ command: [String]) throws {
    let outcome = try ExternalCommand.run(command)
    guard outcome.status == 0 else { throw TestFailure("\(command): \(outcome)") }
  }
}
