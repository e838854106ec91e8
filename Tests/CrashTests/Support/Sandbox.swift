internal import Glibc
import TestSupport

/// A folder with one layout `l` in it, and the program that is under test.
///
/// It lies in memory where the machine allows that: the death of a process does not depend on what
/// a disk has got, and thousands of deaths want to be quick.
final class Sandbox {
  /// Whether this process may mount.
  static let mayMount: Bool = {
    let script = "mount -t tmpfs -o size=64k none /tmp && umount /tmp"
    return (try? ExternalCommand.run(["unshare", "-m", "sh", "-c", script]).status) == 0
  }()

  /// The folder's path.
  let folder: TemporaryDirectory
  /// The layout's path.
  var layout: String { folder("root/l") }
  /// What everything below ``root`` is put back to.
  private(set) var snapshot: FolderSnapshot?

  /// Faults of the disk that every run meets, in the grammar of fail points.
  var faults: String?

  /// The folder that is put back.
  var root: String { folder("root") }

  init() throws {
    folder = try TemporaryDirectory(in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
    try Files.makeDirectory(folder("root"))
    // Of the tests' own: a file of the machine's may change in their middle.
    try Files.write("root:x:0:0:root:/root:/bin/sh\n", to: folder("file"))
  }

  /// Makes what is there now what ``reset()`` leads back to.
  func remember() throws { snapshot = try FolderSnapshot(of: root) }

  /// Puts everything back.
  func reset() throws { try snapshot?.restore() }

  /// Input with the bundle's path in the place of `{B}`, and in that of `{F}` the path of a file that is not put
  /// back.
  func expanded(input: String, bundle: String? = nil) -> String {
    input.replacing("{B}", with: bundle ?? self.bundle).replacing("{F}", with: folder("file"))
  }

  /// Runs the program, perhaps by another one; `{L}` in an argument is the layout's path, `{B}` the bundle's.
  @discardableResult
  func run(
    _ arguments: [String], input: String = "", failing plan: String? = nil, log: String? = nil,
    environment: [String: String] = [:], under launcher: [String] = []
  ) throws -> ExternalCommand.Outcome {
    var environment = environment
    environment["SOURCE_DATE_EPOCH"] = "1700000000"
    let plans = [plan, faults].compactMap(\.self)
    environment["UMOCI_TX_FAIL"] = plans.isEmpty ? nil : plans.joined(separator: ",")
    environment["UMOCI_TX_FAIL_LOG"] = log
    return try ExternalCommand.run(
      launcher + [TraceRecorder.built("umoci-tx")] + expanded(arguments),
      environment: environment,
      input: Array(expanded(input: input).utf8), timeout: 60)
  }

  /// Runs the program, which has to succeed.
  @discardableResult
  func succeed(_ arguments: [String], input: String = "") throws -> String {
    let outcome = try run(arguments, input: input)
    guard outcome.status == 0 else { throw TestFailure("\(arguments): \(outcome)") }
    return outcome.standardOutput
  }

  /// Arguments with the layout's path in the place of `{L}`, and the bundle's in that of `{B}`.
  func expanded(_ arguments: [String]) -> [String] {
    Self.expanded(arguments, in: root)
  }

  /// The same below another folder.
  static func expanded(_ arguments: [String], in root: String) -> [String] {
    arguments.map { word in
      if word.hasPrefix("{B}") { return root + "/b" + word.dropFirst(3) }
      guard word.hasPrefix("{L}") else { return word }
      return root + "/l" + word.dropFirst(3)
    }
  }

  /// The bundle's path.
  var bundle: String { folder("root/b") }

  /// The calls that a command makes: the names of their fail points, in order.
  func points(of arguments: [String], input: String = "") throws -> [String] {
    try calls(of: arguments, input: input).map(\.point)
  }

  /// The calls that a command makes, with what each is about, in order.
  func calls(
    of arguments: [String], input: String = ""
  ) throws -> [(point: String, path: String)] {
    let log = folder("points")
    try Files.remove(log)
    let outcome = try run(arguments, input: input, log: log)
    guard outcome.status == 0 else { throw TestFailure("\(arguments): \(outcome)") }
    guard Files.exists(log) else { return [] }
    return String(decoding: try Files.read(log), as: UTF8.self).split(separator: "\n").map {
      let words = $0.split(separator: " ", maxSplits: 2)
      return (String(words[1]), words.count > 2 ? String(words[2]) : "")
    }
  }
}
