import TestSupport

/// Commands on bundles.
extension WritingCommand {
  static let bundles: [WritingCommand] = [
    WritingCommand(
      "repack refresh", kind: "repack",
      ["repack", "--image", "{L}:a", "--refresh-bundle", "{B}"], changedBundle),
    WritingCommand(
      "recover refresh", kind: nil, recover, interruptedRefresh(at: "publish.exchange:after")),
    WritingCommand(
      "recover half refresh", kind: nil, recover, interruptedRefresh(at: "refresh.move:after")),
    WritingCommand(
      "repack again", kind: "repack",
      ["repack", "--image", "{L}:a", "--refresh-bundle", "{B}"],
      interruptedRefresh(at: "refresh.sync-stage:before")),
    WritingCommand("repack", kind: "repack", ["repack", "--image", "{L}:a", "{B}"], changedBundle),
    WritingCommand(
      "batch repack", kind: "batch", ["batch", "--layout", "{L}"],
      input: "repack n --refresh-bundle {B}\ninsert n {F} /etc/passwd\ntag n m\nrm a\n",
      changedBundle),
    WritingCommand(
      "unpack", kind: nil, ["unpack", "--durability", "full", "--image", "{L}:a", "{B}"],
      watching: ["../b"]
    ) { sandbox in
      try changedBundle(sandbox)
      try Files.remove(sandbox.bundle)
    },
  ]

  /// A layout with a history, and a bundle of its image `a` in which something has changed.
  @Sendable static func changedBundle(_ sandbox: Sandbox) throws {
    try sandbox.succeed(["init", "--layout", "{L}"])
    try sandbox.succeed(["new", "--image", "{L}:a"])
    try sandbox.succeed(["unpack", "--image", "{L}:a", "{B}"])
    try Files.write("one", to: sandbox.bundle + "/rootfs/one")
    try Files.write("two", to: sandbox.bundle + "/rootfs/two")
    try sandbox.succeed(["repack", "--image", "{L}:a", "--refresh-bundle", "{B}"])
    try Files.write("other", to: sandbox.bundle + "/rootfs/one")
    try Files.remove(sandbox.bundle + "/rootfs/two")
  }

  /// The same beside the lease of a bundle that is gone.
  @Sendable static func leftLease(_ sandbox: Sandbox) throws {
    try changedBundle(sandbox)
    try sandbox.succeed(["unpack", "--image", "{L}:a", "{B}-gone"])
    try Files.remove(sandbox.bundle + "-gone")
  }

  /// The same after a repack died that was to refresh the bundle.
  static func interruptedRefresh(at point: String) -> @Sendable (Sandbox) throws -> Void {
    { sandbox in
      try changedBundle(sandbox)
      let outcome = try sandbox.run(
        ["repack", "--image", "{L}:a", "--refresh-bundle", "{B}"], failing: point)
      guard outcome.status == 137 else { throw TestFailure("repack lives: \(outcome)") }
    }
  }
}
