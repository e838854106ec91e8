import Store
import TestSupport

/// A layout and a bundle whose `repack --refresh-bundle` died when the tag had moved and the bundle had not.
struct InterruptedRefresh {
  /// Where it may have died: before anything was moved, and when one file of three was.
  static let deaths = ["publish.exchange:after", "refresh.move:after"]

  let sandbox: Sandbox
  /// The image that the tag is set to, and that the bundle shall be based on.
  let wanted: String
  /// What the bundle is based on.
  let old: String?

  var bundle: String { sandbox.bundle }
  /// Where a test puts the bundle meanwhile.
  var elsewhere: String { sandbox.folder("root/elsewhere") }

  /// Lets it die.
  ///
  /// - Parameter arrange: Makes the place for the bundle.
  init(at death: String, _ arrange: (Sandbox) throws -> Void = { _ in }) throws {
    sandbox = try Sandbox()
    try arrange(sandbox)
    try WritingCommand.interruptedRefresh(at: death)(sandbox)
    wanted = try Self.image(of: "a", in: sandbox)
    old = try BundleAudit.base(of: sandbox.bundle)
  }

  /// The digest of a tag.
  static func image(of tag: String, in sandbox: Sandbox) throws -> String {
    let index = try ImageLayout.open(sandbox.layout).readIndex().index
    guard let entry = index.entries(named: tag).first else { throw TestFailure("no tag \(tag)") }
    return entry.descriptor.digest.description
  }

  /// Does what anybody might do with the layout; gives what it says.
  func work(
    _ arguments: [String] = ["tag", "--image", "{L}:a", "other"], under launcher: [String] = []
  ) throws -> String {
    let outcome = try sandbox.run(arguments, under: launcher)
    guard outcome.status == 0 else { throw TestFailure("\(arguments): \(outcome)") }
    return outcome.standardError
  }

  /// Does nothing but recover; gives what it says.
  func recover(under launcher: [String] = []) throws -> String {
    let outcome = try sandbox.run(["recover", "--layout", "{L}"], under: launcher)
    guard outcome.status == 0 else { throw TestFailure("recover: \(outcome)") }
    return outcome.output
  }

  /// What is wrong while the bundle waits: the tag is as it was acknowledged, the bundle the old one.
  func waitingProblems() throws -> [String] {
    let base = try BundleAudit.base(of: bundle)
    return BundleAudit.problems(of: bundle) + (try layoutProblems())
      + (base == old ? [] : ["the bundle is based on \(base ?? "nothing")"])
  }

  /// What is wrong when the bundle should have been refreshed.
  func finishedProblems() throws -> [String] {
    let base = try BundleAudit.base(of: bundle)
    return BundleAudit.problems(of: bundle) + BundleAudit.leftovers(in: bundle)
      + (try layoutProblems()) + (try BundleAudit.leaseProblems(of: bundle, in: sandbox.layout))
      + (base == wanted ? [] : ["the bundle is based on \(base ?? "nothing")"])
  }

  /// What is wrong with the layout, whatever became of the bundle.
  func layoutProblems() throws -> [String] {
    let tag = try Self.image(of: "a", in: sandbox)
    return try LayoutAudit.problems(of: sandbox.layout)
      + (tag == wanted ? [] : ["the tag is \(tag)"])
  }

  /// What is wrong with a bundle, perhaps elsewhere, that is repacked: nothing of it may be missing.
  func repackProblems(_ path: String) throws -> [String] {
    let again = sandbox.folder("root/again")
    _ = try work(["repack", "--image", "{L}:next", "--refresh-bundle", path])
    _ = try work(["unpack", "--image", "{L}:next", again])
    let difference = try Files.listing(again + "/rootfs").difference(
      from: Files.listing(path + "/rootfs"))
    return BundleAudit.leftovers(in: path) + difference.map { "\($0)" }
  }
}
