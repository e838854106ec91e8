import Store
import TestSupport
import Testing

@testable import Journal

/// What becomes of the staged files of a bundle, whatever a death, a power cut or somebody else has left of them.
@Suite struct BundleMoverTests {
  private let folder: TemporaryDirectory
  private var bundle: String { folder("bundle") }
  private var stage: String { bundle + "/" + BundleRefresh.stageName }

  private static let old = Digest.sha256(of: Array("old".utf8))
  private static let new = Digest.sha256(of: Array("new".utf8))
  private static let names = [mtree(new), "umoci-tx-stat-cache", "umoci.json"]

  init() throws {
    folder = try TemporaryDirectory()
    try Files.makeDirectory(stage)
    try Files.write(Self.metadata(Self.old), to: bundle + "/umoci.json")
    try Files.write("mtree", to: bundle + "/" + Self.mtree(Self.old))
    for name in Self.names { try Files.write(Self.content(name), to: stage + "/staged-" + name) }
  }

  private static func mtree(_ digest: Digest) -> String {
    digest.description.replacing(":", with: "_") + ".mtree"
  }

  private static func metadata(_ digest: Digest) -> String {
    #"{"from_descriptor_path":{"descriptor_walk":[{"digest":"\#(digest)"}]}}"#
  }

  private static func content(_ name: String) -> String {
    name == "umoci.json" ? metadata(new) : "new " + name
  }

  private var mover: BundleMover {
    BundleMover(
      refresh: BundleRefresh(
        bundle: bundle, base: Self.old,
        manifest: Descriptor(mediaType: .imageManifest, digest: Self.new, size: 3),
        files: Self.names.map {
          .init(
            stagedName: "staged-" + $0, name: $0,
            digest: .sha256(of: Array(Self.content($0).utf8)))
        }, obsolete: Self.mtree(Self.old), place: nil),
      durability: .relaxed, isStageOurs: false)
  }

  /// The names in the bundle, and what it is based on.
  private func state() throws -> (names: Set<String>, base: Digest?) {
    (
      Set(try Files.names(in: bundle)),
      try LeasedBundle.base(of: try OpenDirectory.open(bundle))
    )
  }

  private func move(_ count: Int) throws {
    for name in Self.names.prefix(count) {
      try ExternalCommand.run(["mv", stage + "/staged-" + name, bundle + "/" + name])
    }
  }

  private func expectRefreshed() throws {
    let state = try state()
    #expect(state.names == Set(Self.names) && state.base == Self.new)
    for name in Self.names {
      #expect(try Files.read(bundle + "/" + name) == Array(Self.content(name).utf8))
    }
  }

  private func expectUntouched() throws {
    #expect(try state().base == Self.old)
    #expect(Files.exists(bundle + "/" + Self.mtree(Self.old)))
  }

  @Test(arguments: 0...3)
  func `files are moved from wherever a death has left them`(count: Int) throws {
    try move(count)
    #expect(try mover.rollForward() == .done)
    try expectRefreshed()
    #expect(try mover.rollForward() == .done)
    try expectRefreshed()
  }

  /// A disk may keep the last rename and lose one before it: the file is still staged then.
  @Test func `files that a power cut has put back are moved once more`() throws {
    try move(3)
    let name = Self.names[1]
    try ExternalCommand.run(["mv", bundle + "/" + name, stage + "/staged-" + name])
    #expect(try mover.rollForward() == .done)
    try expectRefreshed()
  }

  @Test func `a staged file that is damaged or gone moves nothing`() throws {
    try Files.write("damaged", to: stage + "/staged-" + Self.names[1])
    #expect(
      try mover.rollForward() == .impossible(reason: "staged-\(Self.names[1]) is damaged"))
    try expectUntouched()
    for name in Self.names { try Files.remove(stage + "/staged-" + name) }
    #expect(try mover.rollForward() == .impossible(reason: "a staged file is gone"))
    try Files.remove(stage)
    #expect(try mover.rollForward() == .impossible(reason: "its staged files are gone"))
    try expectUntouched()
  }

  @Test func `a bundle of another image is left alone`() throws {
    let other = Self.metadata(.sha256(of: Array("other".utf8)))
    try Files.write(other, to: bundle + "/umoci.json")
    #expect(
      try mover.rollForward()
        == .impossible(reason: "it was unpacked or refreshed anew since"))
    #expect(try Files.read(bundle + "/umoci.json") == Array(other.utf8))
    try Files.remove(bundle)
    #expect(try mover.rollForward() == .gone)
    #expect(try mover.rollBack() == .gone)
  }

  @Test func `what has not happened leaves the bundle as it was`() throws {
    #expect(try mover.rollBack() == .done)
    try expectUntouched()
    #expect(!Files.exists(stage))
    #expect(try mover.rollBack() == .done)
  }

  @Test func `staged files of another operation are not ours to remove`() throws {
    try Files.write("theirs", to: stage + "/staged-umoci.json")
    #expect(try mover.rollBack() == .done)
    #expect(try Files.names(in: stage).count == 3)
  }

  @Test func `whoever has locked the staged files is let alone`() throws {
    let file = try OpenDirectory.open(bundle).openFile(BundleRefresh.stageName)
    guard let lock = try FileLock.tryAcquire(file) else { throw TestFailure("it is locked") }
    #expect(try mover.rollForward() == .busy)
    #expect(try mover.rollBack() == .busy)
    try BundleMover.removeAbandonedStage(in: bundle)
    #expect(try Files.names(in: stage).count == 3)
    try expectUntouched()
    lock.release()
    try BundleMover.removeAbandonedStage(in: bundle)
    #expect(!Files.exists(stage))
  }
}
