internal import Store

/// A folder, a command that changes it, and what may be left of it after a crash.
///
/// Every run and every crash state appears at the same path, so that the command line, absolute
/// paths and whatever a recovery does fit. Not for two threads at once.
public struct CrashExperiment: Sendable {
  /// The folder that the command changes: where crash states and killed runs appear.
  public let root: String
  /// Variables for the command, as `NAME=value`.
  public var environment: [String] = []

  private let scratch: TemporaryDirectory
  private let before: String

  /// Takes `scratch/root`, which has to exist, as the folder before the command.
  ///
  /// - Throws: ``TestFailure`` when the folder cannot be copied.
  public init(scratch: TemporaryDirectory, root name: String = "root") throws {
    self.scratch = scratch
    root = scratch(name)
    before = scratch(".before-" + name)
    try shell(#"rm -rf "$2" && cp -a "$1" "$2""#, root, before)
  }

  /// Puts the folder back as it was before the command.
  ///
  /// - Throws: ``TestFailure`` when it cannot be copied.
  public func reset() throws {
    try clear(for: try DiskTree(folder: before))
    try shell(#"cp -a "$1/." "$2""#, before, root)
  }

  /// Runs the command once, undisturbed, and models what it did.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments; its working folder is the scratch folder.
  ///   - profile: The promises of the file system.
  /// - Returns: The model. Replaying the trace was compared with what the command really left.
  /// - Throws: ``TestFailure`` when the command fails, or when the trace is not the whole truth.
  public func model(
    of command: [String], profile: PersistenceProfile = .anyOrder
  ) throws -> DiskModel {
    try reset()
    let trace = try recorder.record(command, environment: environment, trace: scratch(".trace"))
    guard trace.exitStatus == 0 else {
      throw TestFailure("\(command) ended with \(trace.exitStatus ?? -1): \(trace.output)")
    }
    let model = try DiskModel(
      before: try DiskTree(folder: before), trace: trace, profile: profile)
    let (modelled, real) = (try model.finalTree.listing(), try DiskTree(folder: root).listing())
    guard modelled == real else {
      throw TestFailure("the trace is incomplete: \(modelled.difference(from: real))")
    }
    return model
  }

  /// Puts a crash state where the folder was.
  ///
  /// - Throws: ``TestFailure`` when it cannot be written.
  public func install(_ state: CrashState) throws {
    try clear(for: state.tree)
    try state.tree.materialise(at: root)
  }

  /// Runs the command from the start and tampers with it.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - options: Options of the tool, such as `["--kill-at", "3:torn"]`.
  /// - Returns: How it ended; 137 means that it was killed.
  /// - Throws: ``TestFailure`` when the tool cannot be started or fails itself.
  public func run(_ command: [String], options: [String]) throws -> ExternalCommand.Outcome {
    try reset()
    let outcome = try recorder.run(
      command, options: options, environment: environment)
    guard outcome.status != 125 else { throw TestFailure("tracing failed: \(outcome.output)") }
    return outcome
  }

  /// Kills the command before, after and in the middle of each of its mutating calls.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - modes: Of `before`, `after`, `torn`.
  ///   - body: Looks at ``root`` after each kill; its argument says where that was.
  /// - Returns: The number of kills.
  /// - Throws: What `body` throws, or ``TestFailure``.
  @discardableResult
  public func killEverywhere(
    in command: [String], modes: [String] = ["before", "torn", "after"],
    _ body: (_ point: String) throws -> Void
  ) throws -> Int {
    var kills = 0
    for number in 1... {
      for mode in modes {
        let outcome = try run(command, options: ["--kill-at", "\(number):\(mode)"])
        guard outcome.status == 137 else { return kills }
        kills += 1
        try body("\(mode) call \(number)")
      }
    }
    return kills
  }

  /// The mutating calls of the command that no fail point covers, one line each.
  ///
  /// - Parameter command: A debug build of the program, with its arguments.
  /// - Returns: The tool's complaints; empty is good.
  /// - Throws: ``TestFailure`` when the tool cannot be started or the command fails.
  public func callsWithoutFailPoint(of command: [String]) throws -> [String] {
    var marked = self
    marked.environment.append("UMOCI_TX_TRACE_MARKERS=1")
    let outcome = try marked.run(command, options: ["--check-markers"])
    let lines = outcome.output.split(separator: "\n").map(String.init)
    let violations = lines.filter { $0.hasPrefix("violation: ") }
    guard outcome.status == (violations.isEmpty ? 0 : 1) else {
      throw TestFailure("\(command) ended with \(outcome.status): \(outcome.output)")
    }
    return violations
  }

  private var recorder: TraceRecorder {
    TraceRecorder(root: root, workingFolder: scratch.path)
  }

  /// Removes all but the folders that a tree has too.
  ///
  /// A power cut does not make those anew, and with other inodes the layout would be a copy.
  private func clear(for tree: DiskTree, _ folder: String = "") throws {
    for name in try Files.names(in: root + "/" + folder) {
      let path = folder + name
      if tree.isFolder(path), try OpenDirectory.open(root).status(of: path)?.kind == .directory {
        try clear(for: tree, path + "/")
      } else {
        try Files.remove(root + "/" + path)
      }
    }
  }

  private func shell(_ script: String, _ arguments: String...) throws {
    let outcome = try ExternalCommand.run(["sh", "-ec", script, "sh"] + arguments)
    guard outcome.status == 0 else { throw TestFailure(outcome.output) }
  }
}
