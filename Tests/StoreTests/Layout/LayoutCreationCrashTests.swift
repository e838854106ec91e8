import Glibc
import Store
import TestSupport
import Testing

/// A maker dies, or a call fails, at every fail point in turn.
@Suite struct LayoutCreationCrashTests {
  /// Creates a layout under a plan in a child process, which is the one that may die.
  private static func create(at path: String, plan: String, log: String? = nil) -> Int32 {
    guard FailPlan.install(plan: plan, log: log, markers: false) else { return 99 }
    do {
      _ = try LayoutCreation.create(at: path, randomBytes: RandomBytes.make)
      return 0
    } catch let error as any DiagnosableError {
      return error.category.rawValue
    } catch {
      return 98
    }
  }

  /// The points that creating `a/image` passes, in order.
  private func points() async throws -> [String] {
    let folder = try TemporaryDirectory()
    let (path, log) = (folder("a/image"), folder("log"))
    await #expect(processExitsWith: .success) { [path = path as String, log = log as String] in
      exit(Self.create(at: path, plan: "", log: log))
    }
    let lines = String(decoding: try Files.read(log), as: UTF8.self).split(separator: "\n")
    return lines.map { String($0.split(separator: " ")[1]) }
  }

  /// Either nothing is there or a whole layout, and a new maker takes the rest away.
  private func checkAftermath(_ folder: TemporaryDirectory, _ place: Comment) throws {
    let path = folder("a/image")
    if Files.exists(path) {
      let options = LayoutVerifier.Options(notesUnknownFiles: true)
      #expect(LayoutVerifier.verify(at: path, options) == [], place)
      try Files.remove(path)
    }
    _ = try LayoutCreation.create(
      at: path, durability: .relaxed, randomBytes: RandomBytes.make)
    #expect(try OpenDirectory.open(folder("a")).entryNames() == ["image"], place)
    #expect(try OpenDirectory.open(folder.path).entryNames() == ["a"], place)
  }

  @Test func `a maker that dies anywhere leaves nothing or a whole layout`() async throws {
    let points = try await points()
    #expect(points.contains("init.reveal"))
    for (index, point) in points.enumerated() {
      for death in point.contains("write") ? ["before", "torn", "after"] : ["before", "after"] {
        let folder = try TemporaryDirectory()
        let (path, plan) = (folder("a/image"), "\(index + 1):\(death)")
        await #expect(processExitsWith: .signal(SIGKILL), "\(point) \(plan)") {
          [path = path as String, plan = plan as String] in
          exit(Self.create(at: path, plan: plan))
        }
        try checkAftermath(folder, "\(point) \(plan)")
      }
    }
  }

  @Test(arguments: ["ENOSPC", "EIO", "EMFILE"])
  func `a call that fails anywhere leaves nothing behind`(code: String) async throws {
    let points = try await points()
    for (index, point) in points.enumerated() {
      let folder = try TemporaryDirectory()
      let (path, plan) = (folder("a/image"), "\(index + 1):\(code)")
      await #expect(processExitsWith: .exitCode(74), "\(point) \(plan)") {
        [path = path as String, plan = plan as String] in
        exit(Self.create(at: path, plan: plan))
      }
      #expect(try OpenDirectory.open(folder.path).entryNames() == [], "\(point) \(plan)")
      try checkAftermath(folder, "\(point) \(plan)")
    }
  }

  @Test func `a file system that cannot rename without replacing is no obstacle`() async throws {
    let folder = try TemporaryDirectory()
    let path = folder("a/image")
    await #expect(processExitsWith: .success) { [path = path as String] in
      exit(Self.create(at: path, plan: "init.reveal:EINVAL"))
    }
    #expect(LayoutVerifier.verify(at: path) == [])
    try checkAftermath(folder, "EINVAL")
  }

  @Test func `short writes are carried on with`() async throws {
    let folder = try TemporaryDirectory()
    let path = folder("a/image")
    await #expect(processExitsWith: .success) { [path = path as String] in
      exit(Self.create(at: path, plan: "init.write-file:short"))
    }
    #expect(LayoutVerifier.verify(at: path) == [])
  }
}
