import TestSupport
import Testing

/// A file system whose renames know no flags, as those of NFS and of many FUSE servers.
@Suite struct PlainRenameTests {
  private static let points = ["init.reveal", "bundle.reveal", "rootfs.reveal"]

  @Test func `layouts and bundles are made where a rename may always replace`() throws {
    let sandbox = try Sandbox()
    sandbox.faults = Self.points.map { "\($0):EINVAL" }.joined(separator: ",")
    try sandbox.succeed(["init", "--layout", "{L}"])
    try sandbox.succeed(["new", "--image", "{L}:a"])
    try sandbox.succeed(["unpack", "--image", "{L}:a", "{B}"])
    let again = try sandbox.run(["unpack", "--image", "{L}:a", "{B}"])
    #expect(again.status == 73, "\(again)")
    #expect(BundleAudit.problems(of: sandbox.bundle) == [])
    try sandbox.succeed(["raw", "unpack", "--image", "{L}:a", "{B}-raw"])
    #expect(try LayoutAudit.problems(of: sandbox.layout) == [])
  }
}
