import TestSupport
import Testing

@testable import Journal

/// Every call that changes something on disk has a fail point: what has none, the crash matrix
/// cannot reach.
@Suite struct FailPointCoverageTests {
  @Test(arguments: WritingCommand.all)
  func `a command changes nothing outside of a fail point`(command: WritingCommand) throws {
    let sandbox = try command.sandbox()
    let scratch = try TemporaryDirectory()
    try ExternalCommand.run(["cp", "-a", sandbox.root, scratch("root")])
    let layout = scratch("root/l")
    let arguments = Sandbox.expanded(command.arguments, in: scratch("root"))
    try Files.write(
      sandbox.expanded(input: command.input, bundle: scratch("root/b")), to: scratch("input"))
    let line = [
      "sh", "-c", #"input=$1; shift; exec "$@" <"$input""#, "sh", scratch("input"),
      TraceRecorder.built("umoci-tx"),
    ]
    // An unmodified tool's own calls are not ours; it changes nothing here.
    let isTool = command.name.hasPrefix("exec")
    let ours = isTool ? ["exec", "--layout", layout, "--", "sh", "-c", "true {}"] : arguments
    let violations = try CrashExperiment(scratch: scratch).callsWithoutFailPoint(of: line + ours)
    #expect(violations.filter { !Self.isHarmless($0) } == [], "\(command.name)")
  }

  /// What no undisturbed command of the matrix comes to, by the reason.
  private static let elsewhere: [(reason: String, points: Set<String>)] = [
    (
      "a tree that nobody sees yet: UnpackDeathTests, RuntimeBundleTests",
      [
        "bundle.make-parent", "bundle.remove-stage", "bundle.remove-stat-cache",
        "bundle.reveal-part", "extract.attribute", "extract.directory", "extract.length",
        "extract.link", "extract.mode", "extract.node", "extract.owner", "extract.remove",
        "extract.symlink", "rootfs.make", "rootfs.reveal", "rootfs.sync", "rootfs.sync-parent",
      ]
    ),
    (
      "a layout in folders that are made: LayoutCreationCrashTests",
      [
        "init.create-parent", "init.sync-parents",
      ]
    ),
    (
      "only after a failure: the error matrix, LayoutCreationCrashTests",
      [
        "bundle.remove-parent", "bundle.take-back", "init.conceal", "init.discard",
        "init.remove-parent", "ops.drop", "refresh.discard", "repair.put-back",
      ]
    ),
    ("what a dead maker has left: LayoutCreationCrashTests", ["init.remove-abandoned"]),
    (
      "a file system without links or flags of renames: BlobLinkingTests, RenameFallbackTests, PlainRenameTests",
      [
        "blobs.move", "content.move-kept", "publish.create-copy",
        "publish.remove-copy", "publish.sync-copy", "publish.sync-displaced", "publish.write-copy",
        "rename.plain",
      ]
    ),
    ("another user's file: PermissionTests", ["blobs.sync-filesystem", "scan.borrow-permissions"]),
    (
      "a tool that has written into a layer: exec fails then",
      [
        "keep.link-spare", "keep.remove-spare", "keep.replace",
      ]
    ),
    ("a file of one's own, outside of layout and bundle", ["config.create", "config.write"]),
    ("a file without a name, which goes with its process", ["spool.create", "spool.grow"]),
    (
      "what may stay, and is removed by the next one",
      [
        "stale-files.remove", "reconcile.remove-replaced",
      ]
    ),
    ("what SQLite does not do in the mode of our journal", ["sqlite.delete", "sqlite.truncate"]),
  ]

  @Test func `the matrix comes to every fail point`() async throws {
    let reached = try await Crew.run { () throws -> Set<String> in
      try WritingCommand.every.reduce(into: []) { reached, command in
        let sandbox = try command.sandbox()
        reached.formUnion(try sandbox.points(of: command.arguments, input: command.input))
      }
    }
    let points = try Self.pointsOfTheSources()
    #expect(points.count > 200 && reached.isSubset(of: points), "\(reached.subtracting(points))")
    let unreached = points.subtracting(reached)
    let explained = Self.elsewhere.reduce(into: Set()) { $0.formUnion($1.points) }
    #expect(unreached.subtracting(explained).sorted() == [], "no command comes to these")
    #expect(explained.subtracting(unreached).sorted() == [], "these are no points, or are reached")
  }

  /// Whatever looks like the name of a point in what is not the command line itself.
  private static func pointsOfTheSources() throws -> Set<String> {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let folders = ["Store", "Layers", "Journal", "Mutations"].map { root + "/Sources/" + $0 }
    let found = try ExternalCommand.run(
      ["grep", "-rhoE", "--include=*.swift", #""[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*""#] + folders)
    let words = found.standardOutput.split(separator: "\n").map { $0.dropFirst().dropLast() }
    return Set(words.map(String.init)).filter { word in
      !others.contains(word) && ![".json", ".db", ".db-journal"].contains(where: word.hasSuffix)
    }
  }

  /// Members of documents, attributes and settings of an image, whose names look the same.
  private static let others: Set<String> = [
    "config.cmd", "config.entrypoint", "config.env", "config.exposedports", "config.labels",
    "config.volume", "manifest.annotations", "os.features", "os.version", "security.selinux",
    "user.rootlesscontainers",
  ]

  /// As root SQLite gives its rollback journal, by each opening, the owner of the database, which it
  /// has already: we make both files.
  private static func isHarmless(_ violation: String) -> Bool {
    violation.contains(" fchown ") && violation.contains("/journal.db")
      && violation.contains("-journal: ")
  }
}
