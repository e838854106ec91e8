import Glibc
import Store
import Synchronization
import TestSupport
import Testing

/// Who owns what is created.
///
/// Every process here runs as somebody else than root for a while.
@Suite(.enabled(if: Requirement.root.isMet, "needs to run as root"))
struct CreationPolicyTests {
  private static let user: UInt32 = 1234
  private static let group: UInt32 = 5678
  private static let primaryGroup: UInt32 = 4321

  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    guard chmod(folder.path, 0o755) == 0 else { throw TestFailure("chmod") }
    try Files.makeDirectory(folder("layout"))
  }

  private func prepare(user: UInt32, group: UInt32, mode: UInt32) throws {
    guard chown(folder("layout"), user, group) == 0, chmod(folder("layout"), mode) == 0 else {
      throw TestFailure("chown")
    }
  }

  /// Creates `file`, `folder` and `folder/inner` as a user whose umask forbids everything to
  /// others; nil stays root.
  private static func create(_ path: String, user: UInt32?, groups: [UInt32]) throws {
    umask(0o077)
    if let user {
      guard setgroups(groups.count, groups) == 0,
        setgid(primaryGroup) == 0,
        setuid(user) == 0
      else { throw TestFailure("setuid") }
    }
    let directory = try OpenDirectory.open(path)
    let policy = CreationPolicy(following: try directory.status())
    _ = try directory.createFile("file", policy: policy, "test.create")
    try directory.createDirectory("folder", policy: policy, "test.create")
    _ = try directory.openDirectory("folder").createFile("inner", policy: policy, "test.create")
  }

  /// Each name with owner, group and permissions, in octal.
  private func look() throws -> [String] {
    let outcome = try ExternalCommand.run(
      ["stat", "-c", "%n %u:%g %a", "file", "folder", "folder/inner"], in: folder("layout"))
    return outcome.standardOutput.split(separator: "\n").map(String.init)
  }

  @Test func `root creates for the owner of the layout`() async throws {
    try prepare(user: Self.user, group: Self.group, mode: 0o755)
    await #expect(processExitsWith: .success) { [path = folder("layout") as String] in
      try Self.create(path, user: nil, groups: [])
    }
    #expect(
      try look() == ["file 1234:5678 600", "folder 1234:5678 700", "folder/inner 1234:5678 600"])
  }

  @Test func `root's own layout stays root's`() async throws {
    try prepare(user: 0, group: 0, mode: 0o755)
    await #expect(processExitsWith: .success) { [path = folder("layout") as String] in
      try Self.create(path, user: nil, groups: [])
    }
    #expect(try look() == ["file 0:0 600", "folder 0:0 700", "folder/inner 0:0 600"])
  }

  @Test(arguments: [0o2775, 0o775] as [UInt32])
  func `a member of the group shares what is created in a shared layout`(
    mode: UInt32
  ) async throws {
    try prepare(user: 0, group: Self.group, mode: mode)
    await #expect(processExitsWith: .success) { [path = folder("layout") as String] in
      try Self.create(path, user: Self.user, groups: [Self.group])
    }
    #expect(
      try look() == ["file 1234:5678 664", "folder 1234:5678 2775", "folder/inner 1234:5678 664"])
  }

  @Test func `another user in a layout that anybody may write keeps his group`() async throws {
    try prepare(user: 0, group: Self.group, mode: 0o777)
    await #expect(processExitsWith: .success) { [path = folder("layout") as String] in
      try Self.create(path, user: Self.user, groups: [])
    }
    #expect(
      try look() == ["file 1234:4321 664", "folder 1234:4321 2775", "folder/inner 1234:4321 664"])
  }

  /// The owner of a layout exchanges what root makes there for a link, as fast as he can.
  @Test func `what is behind a link that took a new folder's place stays as it is`() throws {
    try prepare(user: Self.user, group: Self.group, mode: 0o775)
    try Files.makeDirectory(folder("victim"), mode: 0o700)
    let path = folder("layout") + "/folder"
    let layout = try OpenDirectory.open(folder("layout"))
    let victim = folder("victim") as String
    let isDone = Mutex(false)
    let owner = Worker {
      while !isDone.withLock({ $0 }) {
        guard rmdir(path) == 0 else { continue }
        symlink(victim, path)
      }
    }
    let policy = CreationPolicy(following: try layout.status())
    for _ in 0..<2000 {
      // Whatever becomes of it.
      _ = try? layout.createDirectory("folder", policy: policy, "test.create")
      unlink(path)
    }
    isDone.withLock { $0 = true }
    owner.join()
    #expect(try Files.mode(of: victim) & 0o7777 == 0o700)
    #expect(try OpenDirectory.open(victim).status().userID == 0)
  }

  @Test func `a layout that this user may not write is readable and nothing else`() async throws {
    let builder = try LayoutBuilder(at: folder("image"))
    builder.tag("image", try builder.addImage())
    try builder.finish()
    await #expect(processExitsWith: .success) { [path = folder("image") as String] in
      guard setuid(Self.user) == 0 else { throw TestFailure("setuid") }
      let layout = try ImageLayout.open(path)
      guard !layout.isWritable, LayoutVerifier.verify(layout) == [] else { exit(1) }
      do throws(SyscallError) {
        _ = try layout.root.createFile("file", policy: layout.policy, "test.create")
        exit(2)
      } catch {
        guard error.category == .permission else { exit(3) }
      }
    }
    #expect(!Files.exists(folder("image/file")))
  }

  @Test func `a stage of another user is not removed`() async throws {
    let name = ".image.umoci-tx-init-0123456789abcdef"
    try Files.makeDirectory(folder("shared/" + name))
    guard chown(folder("shared/" + name), Self.user, Self.group) == 0 else {
      throw TestFailure("chown")
    }
    _ = try LayoutCreation.create(
      at: folder("shared/image"), durability: .relaxed, randomBytes: RandomBytes.make)
    #expect(try OpenDirectory.open(folder("shared")).entryNames() == [name, "image"])
  }
}
