import Glibc
import Store
import Testing

@testable import Journal

@Suite struct InvocationTests {
  @Test func `the invocation of a process tells of it`() {
    let invocation = Invocation.current
    #expect(invocation.userID == getuid())
    #expect(invocation.processID == getpid())
    #expect(!invocation.arguments.isEmpty)
    #expect(invocation.programVersion == ProgramVersion.number)
    #expect(invocation.randomBytes(32) != invocation.randomBytes(32))
    #expect(invocation.now().secondsSinceEpoch > 1_700_000_000)
  }

  @Test(arguments: [
    ("root:x:0:0:root:/root:/bin/bash", UInt32(0), "root" as String?),
    ("anna:x:1000:1000::/home/anna:/bin/sh", 1000, "anna"),
    ("anna:x:1000:1000::/home/anna:/bin/sh", 0, nil),
    ("#old:x:5:5", 5, nil), ("", 0, nil), ("a:b", 0, nil), (":x:0:0", 0, nil), ("a:x::0", 0, nil),
  ])
  func `a user's name is found in passwd`(line: String, userID: UInt32, name: String?) {
    #expect(PasswordFile.name(in: line, of: userID) == name)
  }
}
