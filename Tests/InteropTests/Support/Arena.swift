import Glibc
import Store
import TestSupport

@testable import Journal

/// A folder with a layout `L` that many programs write to, and one `src` that skopeo copies from.
///
/// Both have images `g0`, `g1`, … (`src` eight more) and `L` also the tag `base`. It lies in memory where the machine
/// allows that: what is tried here depends on the order of things, not on a disk.
final class Arena: Sendable {
  let folder: TemporaryDirectory
  /// The digests of the images, by their numbers.
  let images: [Digest]

  /// The layout's path.
  var layout: String { folder("L") }

  /// What is tried is repeated this many times, each with a seed of its own.
  static var seeds: [UInt64] {
    let first = TestEffort.seed
    return (0..<UInt64(1 + TestEffort.factor)).map { first + $0 }
  }

  init(images count: Int = 8, onDisk: Bool = false, layerSize: Int = 0) throws {
    let isMemory = !onDisk && access("/dev/shm", W_OK) == 0
    folder = try TemporaryDirectory(in: isMemory ? "/dev/shm" : "/tmp")
    try Files.write("root:x:0:0:root:/root:/bin/sh\n", to: folder("file"))
    images = try Self.makeImages(at: folder("L"), "here", count, layerSize, isTagged: true)
    _ = try Self.makeImages(at: folder("src"), "there", 8 + count, 0, isTagged: false)
  }

  private static func makeImages(
    at path: String, _ word: String, _ count: Int, _ layerSize: Int, isTagged: Bool
  ) throws -> [Digest] {
    let builder = try LayoutBuilder(at: path)
    let filling = String(repeating: "x", count: layerSize)
    let images = try (0..<count).map { number in
      let layer = TarBuilder.make { tar in
        tar.directory("etc")
        tar.file("etc/name", "\(word) \(number)" + filling)
      }
      return try builder.addImage(tars: [layer])
    }
    for (number, image) in images.enumerated() { builder.tag("g\(number)", image) }
    if isTagged { builder.tag("base", images[0]) }
    try builder.finish()
    return images.map(\.digest)
  }

  /// Runs the program in the folder.
  func run(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run(
      [TraceRecorder.built("umoci-tx")] + arguments, in: folder.path, environment: environment)
  }

  /// Runs any program in the folder.
  func tool(_ arguments: String...) throws -> ExternalCommand.Outcome {
    try ExternalCommand.run(arguments, in: folder.path)
  }

  /// Runs the program, which has to succeed.
  @discardableResult
  func succeed(_ arguments: [String]) throws -> String {
    let outcome = try run(arguments)
    guard outcome.status == 0 else { throw TestFailure("\(arguments): \(outcome)") }
    return outcome.standardOutput
  }

  /// The digests of the tags in index.json, by their names.
  func tags() throws -> [String: Digest] {
    try ImageLayout.open(layout).readIndex().index.entries.reduce(into: [:]) { tags, entry in
      if let name = entry.referenceName { tags[name] = entry.descriptor.digest }
    }
  }

  /// The whole log, oldest first.
  func log() throws -> [OperationRecord] { try publications().map(\.record) }

  /// The whole log, oldest first, each operation with the digest of the index.json that it published or,
  /// if another tool has written it, found.
  func publications() throws -> [(index: Digest?, record: OperationRecord)] {
    guard let history = try OperationHistory.open(ImageLayout.open(layout)) else { return [] }
    return try history.database.operations(before: .max, limit: 100_000).reversed().map {
      ($0.indexAfter, try $0.record())
    }
  }

  /// What is wrong once everybody has ended and `recover` has run.
  ///
  /// - Parameter collected: What a foreign gc has taken.
  func problems(collected: Set<Digest> = []) throws -> [String] {
    try LayoutAudit.problems(of: layout, collected: collected) + replayProblems()
  }

  /// The log is a witness: each operation finds what the one before it left, and the last one
  /// leaves what index.json says.
  private func replayProblems() throws -> [String] {
    var problems: [String] = []
    var state = IndexState()
    var seen: Set<String> = []
    for record in try log() {
      if !seen.insert(record.id.text).inserted { problems.append("\(record.id) is there twice") }
      for edit in record.edits where !IndexState.isSame(state[edit.key], edit.before) {
        problems.append("operation \(record.sequence) found another \(edit.key) than was there")
      }
      state.apply(record.edits)
    }
    let difference = state.difference(
      to: IndexState(try ImageLayout.open(layout).readIndex().index))
    return problems + difference.map { "index.json has another \($0.key) than the log" }
  }
}

extension ExternalCommand.Outcome {
  /// The operation that a command with `--json` tells of; nil when it changed nothing.
  func operation() throws -> String? {
    let bytes = Array(standardOutput.utf8)
    let root = try JSONDocument(parsing: bytes, limits: .index, named: "output").root
    return root.objectValue?["operation"]?.objectValue?["id"]?.stringValue
  }
}
