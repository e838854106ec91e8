import TestSupport
import Testing

/// The ptrace tool on small shell programs.
@Suite struct SyscallTraceTests {
  let scratch: TemporaryDirectory
  let recorder: TraceRecorder

  init() throws {
    scratch = try TemporaryDirectory()
    try Files.makeDirectory(scratch("root"))
    recorder = TraceRecorder(root: scratch("root"), workingFolder: scratch("root"))
  }

  @Test func `following a whole trace gives the folder that the command left`() throws {
    let before = try DiskTree(folder: scratch("root"))
    let script = """
      mkdir a; echo one >a/x; ln a/x a/y; echo two >>a/y; ln -s x a/s; mv a b; chmod 600 b/x
      dd if=/dev/zero of=b/z bs=1 seek=100 count=3 2>/dev/null; truncate -s 50 b/z; cp b/z c
      rm b/s; mkdir d; rmdir d; echo outside >../outside; sync -f .; sync b/x; mv c 'b/a b%'
      """
    let trace = try recorder.record(["sh", "-c", script], trace: scratch("trace"))
    #expect(trace.exitStatus == 0)
    let model = try DiskModel(before: before, trace: trace)
    let after = try DiskTree(folder: scratch("root")).listing()
    #expect(try model.finalTree.listing() == after)
    #expect(after.contains { $0.hasPrefix("b/a b% ") })
  }

  @Test func `a materialised tree reads back the same, hard links and modes included`() throws {
    let script = "mkdir a; echo one >a/x; ln a/x a/y; ln -s x a/s; chmod 640 a/x; chmod 750 a"
    _ = try recorder.record(["sh", "-c", script], trace: scratch("trace"))
    let tree = try DiskTree(folder: scratch("root"))
    try tree.materialise(at: scratch("copy"))
    #expect(try DiskTree(folder: scratch("copy")).listing() == tree.listing())
    #expect(try tree.listing().contains("a/y = a/x"))
  }

  @Test(arguments: [
    ("1:before", ""), ("2:before", "x 644 0 bytes"), ("2:torn", "x 644 3 bytes"),
    ("2:after", "x 644 6 bytes"),
  ])
  func `the command dies at the wanted call`(point: String, left: String) throws {
    let outcome = try recorder.run(
      ["sh", "-c", "echo hello >x; echo world >y"], options: ["--kill-at", point])
    #expect(outcome.status == 137)
    let lines = try DiskTree(folder: scratch("root")).listing()
    #expect(lines.count == (left.isEmpty ? 0 : 1))
    #expect(lines.joined().hasPrefix(left))
  }

  @Test func `a call fails with the wanted error`() throws {
    let outcome = try recorder.run(
      ["mkdir", "a"], options: ["--fail-at", "1:ENOSPC"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("No space left on device"))
    #expect(try DiskTree(folder: scratch("root")).listing() == [])
  }

  @Test func `a short write is continued by the command`() throws {
    let outcome = try recorder.run(
      ["sh", "-c", "echo hello | dd of=x 2>/dev/null"], options: ["--short-at", "2", "--list"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("[3 bytes]"))
    #expect(try DiskTree(folder: scratch("root")).text(of: "x") == "hello\n")
  }

  @Test(arguments: [3, 0])
  func `the exit status is the command's`(status: Int32) throws {
    let outcome = try recorder.run(["sh", "-c", "exit \(status)"])
    #expect(outcome.status == status)
  }

  @Test func `a mutating call without a fail point is a violation`() throws {
    let outcome = try recorder.run(
      ["sh", "-c", "echo hello >x"], options: ["--check-markers"])
    #expect(outcome.status == 1)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("violation: #1 openat x: outside of any fail point"))
  }

  @Test(arguments: [
    ("marked", nil), ("crowded", "#2 write x: a second mutating call in one fail point"),
    ("unfinished", "#0 - -: the thread ended inside a fail point"),
    ("unbegun", "#0 write -: a fail point ends that did not begin"),
    ("elsewhere", "#1 openat y: outside of any fail point"),
  ])
  func `each mutating call needs a fail point of its own thread`(
    mode: String, violation: String?
  ) throws {
    let outcome = try recorder.run(
      [TraceRecorder.built("trace-fixture"), mode], options: ["--check-markers"])
    #expect(outcome.status == (violation == nil ? 0 : 1))
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == (violation == nil ? 0 : 1))
    if let violation { #expect(lines[0].hasPrefix("violation: " + violation)) }
  }

  @Test(arguments: ["calls", "threads"])
  func `unusual calls and threads are followed`(mode: String) throws {
    let before = try DiskTree(folder: scratch("root"))
    let trace = try recorder.record(
      [TraceRecorder.built("trace-fixture"), mode], trace: scratch("trace"))
    #expect(trace.exitStatus == 0)
    let model = try DiskModel(before: before, trace: trace)
    let after = try DiskTree(folder: scratch("root")).listing()
    #expect(try model.finalTree.listing() == after)
  }

  @Test func `a shared writable mapping cannot be modelled`() throws {
    #expect(throws: TestFailure.self) {
      try recorder.record([TraceRecorder.built("trace-fixture"), "maps"], trace: scratch("trace"))
    }
  }

  @Test func `a command that changes nothing has no violations`() throws {
    let outcome = try recorder.run(
      ["sh", "-c", "cat /dev/null; echo hello; ls"], options: ["--check-markers"])
    #expect(outcome.status == 0)
  }
}
