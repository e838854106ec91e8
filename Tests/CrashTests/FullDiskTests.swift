import TestSupport
import Testing

/// A small file system that is really full.
@Suite(.serialized) struct FullDiskTests {
  static let commands: [[String]] = [
    ["new", "--image", "{L}:n"], ["tag", "--image", "{L}:a", "d"], ["rm", "--image", "{L}:c"],
    ["undo", "--layout", "{L}"],
  ]

  /// Each step leaves so many bytes free.
  static let steps = [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 56, 80, 120].map { $0 << 10 }

  @Test(.enabled(if: Sandbox.mayMount, "needs the right to mount"), arguments: commands)
  func `a full disk changes nothing, or all is done`(command: [String]) throws {
    var failures = 0
    var problems: [String] = []
    for free in Self.steps {
      let disk = try SmallDisk()
      let result = try disk.run(command, leaving: free)
      if result.status != 0 { failures += 1 }
      problems += result.problems.map { "\(command[0]) with \(free) bytes left: \($0)" }
    }
    #expect(problems.count == 0, "\(problems.prefix(8).joined(separator: "\n"))")
    #expect(failures > 0)
    #expect(failures < Self.steps.count)
    print("full disk: \(command[0]): \(failures) of \(Self.steps.count) runs failed")
  }
}

/// A tmpfs of a megabyte with a layout on it.
private final class SmallDisk {
  private let folder: TemporaryDirectory
  private var layout: String { folder("disk/l") }

  init() throws {
    folder = try TemporaryDirectory()
    try Files.makeDirectory(folder("disk"))
    try Self.must(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder("disk")])
    let sandbox = try Sandbox()
    try WritingCommand.managed(sandbox)
    try Self.must(["cp", "-a", sandbox.layout, layout])
    // The copy is noticed by its first command, which is not the one of the test.
    try Self.must([TraceRecorder.built("umoci-tx"), "tag", "--image", layout + ":b", "f"])
  }

  deinit { _ = try? ExternalCommand.run(["umount", "-l", folder("disk")]) }

  private static func must(_ command: [String]) throws {
    let outcome = try ExternalCommand.run(command)
    guard outcome.status == 0 else { throw TestFailure("\(command): \(outcome)") }
  }

  /// Fills the disk, runs a command, and looks at what it did, before and after there is space again.
  func run(_ command: [String], leaving free: Int) throws -> (status: Int32, problems: [String]) {
    let before = try LayoutAudit.tags(of: layout)
    try fill(leaving: free)
    let outcome = try umociTx(command)
    var problems = LayoutAudit.visibleProblems(of: layout)
    if outcome.status != 0 {
      if outcome.status != 74 || !outcome.standardError.hasPrefix("error: ") {
        problems.append("\(outcome)")
      }
      if try LayoutAudit.tags(of: layout) != before { problems.append("changed: \(outcome)") }
    } else if try LayoutAudit.tags(of: layout) == before {
      problems.append("nothing has changed")
    }
    try Files.remove(folder("disk/fill"))
    if outcome.status != 0 {
      if try LayoutAudit.tags(of: layout) != before { problems.append("changed afterwards") }
      let again = try umociTx(command)
      if again.status != 0 { problems.append("with space again: \(again)") }
    }
    let recovery = try umociTx(["recover", "--layout", "{L}"])
    if recovery.status != 0 { problems.append("recover: \(recovery)") }
    return (outcome.status, problems + (try LayoutAudit.problems(of: layout)))
  }

  private func umociTx(_ arguments: [String]) throws -> ExternalCommand.Outcome {
    let words = arguments.map { $0.hasPrefix("{L}") ? layout + $0.dropFirst(3) : $0 }
    return try ExternalCommand.run([TraceRecorder.built("umoci-tx")] + words, timeout: 60)
  }

  private func fill(leaving free: Int) throws {
    let script = #"cat /dev/zero >"$1" 2>/dev/null; truncate -s -"$2" "$1""#
    try Self.must(["sh", "-c", script, "sh", folder("disk/fill"), "\(free)"])
  }
}
