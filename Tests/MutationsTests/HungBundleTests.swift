import Journal
import Store
import TestSupport
import Testing

/// The writer lock is never held while a bundle is touched.
@Suite struct HungBundleTests {
  /// How an operation comes to nothing that has staged files in a bundle.
  enum Ending: CaseIterable, Sendable { case failed, unchanged }

  @Test(
    .enabled(if: HungMount.isPossible, "needs bindfs, and the right to mount"),
    arguments: Ending.allCases)
  func `an operation gives the lock back before it tidies up its bundle`(
    ending: Ending
  ) async throws {
    let isFree = try await Crew.run { () throws -> Bool in
      let layout = try TestLayout()
      let mount = try HungMount(at: layout.folder("bundle"), showing: layout.folder("shown"))
      try layout.tag("t", to: "a")
      let (path, invocation) = (layout.path, layout.invocation)
      let operation = Worker { try? Self.end(ending, on: path, invocation, mount) }
      // It waits for the mount from here on, and never ends by itself.
      try mount.waitUntilHung()
      let lock = try ExternalCommand.run(
        ["flock", "-w", "20", path + "/.ocitx/lock", "true"])
      mount.goOn()
      operation.join()
      return lock.status == 0
    }
    #expect(isFree)
  }

  private static func end(
    _ ending: Ending, on path: String, _ invocation: Invocation, _ mount: HungMount
  ) throws {
    let layout = try ImageLayout.open(path)
    let journal = try OperationJournal(
      writing: layout, invocation, WritingOptions(durability: .relaxed))
    let entry = try #require(try layout.readIndex().index.entries(named: "a").first).descriptor
    let lost = Descriptor(
      mediaType: .imageManifest, digest: .sha256(of: Array("lost".utf8)), size: 4)
    let refresh = BundleRefresh(
      bundle: mount.path, base: entry.digest, manifest: entry,
      files: [.init(stagedName: "umoci.json", name: "umoci.json", digest: entry.digest)],
      obsolete: nil, place: nil)
    let prepared = try journal.begin(OperationKind(rawValue: "repack"), stages: false).prepare {
      _ in
      try mount.hang()
      let edits =
        ending == .failed ? [TagEdit(key: .name("x"), before: [], after: [lost])] : []
      return .init(edits: edits, refreshes: [refresh])
    }
    _ = try prepared?.commit()
  }
}
