import Layers
import TestSupport
import Testing

@Suite struct UserLookupTests {
  private let lookup = UserLookup(
    passwd: Array(
      """
      root:x:0:0:root:/root:/bin/sh

      testuser:x:1337:8888:test user:/my home dir :/bin/sh
      # no comment here:x:77:77::/h:
      twice:x:5:6::/first:/bin/sh
      twice:x:7:8::/second:/bin/sh
      short:x:9
      bad:x:nine:ten::/bad:/bin/sh
      1001:x:12:13::/digits:/bin/sh
      huge:x:4294967295:0::/huge:/bin/sh
      :x:14:15::/nameless:/bin/sh
      """.utf8),
    group: Array(
      """
      root:x:0:
      #testgroup:x:1:testuser
      testgroup:x:2581:root,testuser
      emptygroup:x:2222:
        othergroup:x:9001:testuser\u{20}\u{20}
      named:x:zero:testuser,
      8888:x:4:
      wide:x:4294967294:
      """.utf8))

  @Test(arguments: [
    ("", ResolvedUser(additionalGroupIDs: [2581], home: "/root")),
    ("root", ResolvedUser(additionalGroupIDs: [2581], home: "/root")),
    (":", ResolvedUser(additionalGroupIDs: [2581], home: "/root")),
    (
      "testuser",
      ResolvedUser(
        userID: 1337, groupID: 8888, additionalGroupIDs: [2581, 9001, 0], home: "/my home dir ")
    ),
    ("testuser:emptygroup", ResolvedUser(userID: 1337, groupID: 2222, home: "/my home dir ")),
    ("1337:8888", ResolvedUser(userID: 1337, groupID: 8888, home: "/my home dir ")),
    ("+1337:0", ResolvedUser(userID: 1337, groupID: 0, home: "/my home dir ")),
    ("twice", ResolvedUser(userID: 5, groupID: 6, home: "/first")),
    ("7", ResolvedUser(userID: 7, groupID: 8, home: "/second")),
    ("4242", ResolvedUser(userID: 4242)),
    ("4242:4343", ResolvedUser(userID: 4242, groupID: 4343)),
    ("4242:testgroup:ignored", ResolvedUser(userID: 4242, groupID: 2581)),
    ("2147483647", ResolvedUser(userID: 2_147_483_647)),
    ("short", ResolvedUser(userID: 9, groupID: 0, home: "")),
    ("bad", ResolvedUser(userID: 0, groupID: 0, home: "/bad")),
    ("1001", ResolvedUser(userID: 1001)),
    ("14", ResolvedUser(userID: 14, groupID: 15, home: "/nameless")),
    ("0:4294967294", ResolvedUser(groupID: 4_294_967_294, home: "/root")),
  ])
  func `a user is found`(text: String, user: ResolvedUser) throws {
    #expect(try lookup.resolve(text) == user)
  }

  @Test(arguments: [
    ("nobody", UserLookupError.unknownUser("nobody")),
    ("root:nogroup", .unknownGroup("nogroup")),
    ("99999999999999999999", .unknownUser("99999999999999999999")),
    ("-1", .outOfRange(-1)), ("2147483648", .outOfRange(2_147_483_648)),
    ("0:2147483648", .outOfRange(2_147_483_648)), ("0:-5", .outOfRange(-5)),
    ("huge", .outOfRange(4_294_967_295)),
  ])
  func `a user that is none is an error`(text: String, error: UserLookupError) {
    #expect(throws: error) { try lookup.resolve(text) }
  }

  @Test func `without files only numbers are users`() throws {
    #expect(try UserLookup.empty.resolve("") == .root)
    #expect(try UserLookup.empty.resolve("5:6") == ResolvedUser(userID: 5, groupID: 6))
    #expect(throws: UserLookupError.unknownUser("root")) { try UserLookup.empty.resolve("root") }
  }

  @Test func `links are followed within the root and never out of it`() throws {
    let folder = try TemporaryFolder()
    try run("mkdir", "-p", folder("r/etc"), folder("r/real"), folder("tmp"))
    try folder.write("inside:x:1:1::/in:/bin/sh\n", to: "r/real/passwd")
    try run("ln", "-s", "/real/passwd", folder("r/etc/passwd"))
    try folder.write("outside:x:2:\n", to: "group")
    try run("ln", "-s", folder("group"), folder("r/etc/group"))
    let lookup = try UserLookup(rootfs: folder("r"))
    #expect(try lookup.resolve("inside").userID == 1)
    #expect(throws: UserLookupError.unknownGroup("outside")) { try lookup.resolve("0:outside") }
    try run("ln", "-sfn", "../../../../../../../../etc/passwd", folder("r/etc/passwd"))
    #expect(throws: UserLookupError.unknownUser("root")) {
      try UserLookup(rootfs: folder("r")).resolve("root")
    }
  }

  @Test(arguments: ["mkfifo", "mkdir", "ln -s passwd"])
  func `what is no regular file counts as missing and does not block`(command: String) throws {
    let folder = try TemporaryFolder()
    try run("sh", "-c", "mkdir \(folder.path)/etc && cd \(folder.path)/etc && \(command) passwd")
    #expect(try UserLookup(rootfs: folder.path).resolve("") == .root)
  }

  @Test func `a file without end is refused`() throws {
    let folder = try TemporaryFolder()
    try run("mkdir", folder("etc"))
    try run("truncate", "-s", "17M", folder("etc/group"))
    let error = #expect(throws: BundleError.self) { try UserLookup(rootfs: folder.path) }
    #expect(error?.description.contains("larger than 16777216 bytes") == true)
  }

  @Test func `no bytes crash the reader`() {
    var random = SplitMix(announcing: TestEffort.seed)
    for _ in 0..<2_000 {
      let text = Array("a:x:1:2::h:\n".utf8) + random.bytes(upTo: 60) + Array("\nb:,:9".utf8)
      guard let user = try? UserLookup(passwd: text, group: text).resolve("b:9") else { continue }
      #expect(user.groupID == 9, "seed \(random.seed): \(text)")
    }
  }
}
