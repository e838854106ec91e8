import Glibc
import Store
import TestSupport
import Testing

@Suite struct FailPlanTests {
  /// Writes `0123456789` to a new file `name` in a folder, as three calls: create, write, sync.
  private static func writeFile(_ folder: String, plan: String, log: String? = nil) -> Int32 {
    guard FailPlan.install(plan: plan, log: log, markers: false) else { return 99 }
    do throws(SyscallError) {
      let directory = try OpenDirectory.open(folder)
      let file = try directory.createFile("name", policy: CreationPolicy(), "test.create")
      try file.write(Array("0123456789".utf8), "test.write")
      try file.sync("test.sync")
      return 0
    } catch {
      return error.code
    }
  }

  private func content(_ folder: TemporaryDirectory) -> String? {
    (try? Files.read(folder("name"))).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    arguments: [
      ("1:before", nil), ("1:after", ""), ("test.write:before", ""), ("test.write:torn", "01234"),
      ("2:after", "0123456789"), ("test.sync:before", "0123456789"),
    ] as [(String, String?)])
  func `a process dies where the plan says`(plan: String, content expected: String?) async throws {
    let folder = try TemporaryDirectory()
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = folder.path as String, plan = plan as String] in
      exit(Self.writeFile(path, plan: plan))
    }
    #expect(content(folder) == expected)
  }

  @Test(
    arguments: [
      ("1:ENOSPC", ENOSPC, nil), ("test.write:EIO", EIO, ""), ("2+:EDQUOT", EDQUOT, ""),
      ("test.sync:EIO", EIO, "0123456789"), ("4:EIO", 0, "0123456789"),
      ("1+:short", 0, "0123456789"),
      ("test.write:short,9:EIO", 0, "0123456789"), ("nowhere:EIO", 0, "0123456789"),
      ("", 0, "0123456789"),
    ] as [(String, Int32, String?)])
  func `a call fails where the plan says, undone`(
    plan: String, code: Int32, content expected: String?
  ) async throws {
    let folder = try TemporaryDirectory()
    await #expect(processExitsWith: .exitCode(code)) {
      [path = folder.path as String, plan = plan as String] in
      exit(Self.writeFile(path, plan: plan))
    }
    #expect(content(folder) == expected)
  }

  @Test func `each call is logged with its number and path`() async throws {
    let folder = try TemporaryDirectory()
    let log = folder("log")
    await #expect(processExitsWith: .success) {
      [path = folder.path as String, log = log as String] in
      exit(Self.writeFile(path, plan: "", log: log))
    }
    let lines = String(decoding: try Files.read(log), as: UTF8.self).split(separator: "\n")
    #expect(
      lines
        == [
          "1 test.create \(folder("name"))", "2 test.write \(folder("name"))",
          "3 test.sync \(folder("name"))",
        ].map { Substring($0) })
  }

  @Test(arguments: ["x", "1", "1:", ":EIO:", "1:EWHAT"])
  func `a plan that cannot be read is refused`(plan: String) async throws {
    await #expect(processExitsWith: .exitCode(99)) { [plan = plan as String] in
      exit(Self.writeFile("/nonexistent", plan: plan))
    }
  }
}
