import Journal
import Mutations
import Store
import Synchronization
import TestSupport

/// A layout in a temporary folder, and a clock and a dice that give the same every time.
final class TestLayout {
  let folder: TemporaryDirectory
  let path: String
  var userID: UInt32 = 1000
  /// The name of the host, and what identifies the machine.
  var host = (name: "host", machineID: "machine")
  /// How durable its operations are.
  var durability = Durability.relaxed
  private let ticks: Ticks

  /// A clock that goes on by a second each time, and random bytes from a seed.
  private final class Ticks: Sendable {
    static let start: Int64 = 1_800_000_000
    let state = Mutex((seconds: start, dice: SystemRandomNumberGenerator()))

    func now() -> Timestamp {
      state.withLock {
        $0.seconds += 1
        return Timestamp(secondsSinceEpoch: $0.seconds)
      }
    }

    func bytes(_ count: Int) -> [UInt8] {
      state.withLock { state in
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &state.dice) }
      }
    }
  }

  /// Makes a layout with two images, `a` and `b`, that no journal knows yet.
  init(adopting build: (LayoutBuilder) throws -> Void = TestLayout.twoImages) throws {
    folder = try TemporaryDirectory()
    path = folder("layout")
    ticks = Ticks()
    let builder = try LayoutBuilder(at: path)
    try build(builder)
    try builder.finish()
  }

  /// Another layout at a path, with the same clock and dice.
  init(sharing other: TestLayout, at path: String) {
    folder = other.folder
    self.path = path
    ticks = other.ticks
  }

  static func twoImages(_ builder: LayoutBuilder) throws {
    builder.tag("a", try builder.addImage(["first layer", "second layer"]))
    builder.tag("b", try builder.addImage(["another layer"]))
  }

  /// Sets the clock: so many seconds before or after where it began.
  func setClock(_ seconds: Int64) {
    ticks.state.withLock { $0.seconds = Ticks.start + seconds }
  }

  /// What the clock says that many seconds after it began.
  func clock(_ seconds: Int64) -> Timestamp { Timestamp(secondsSinceEpoch: Ticks.start + seconds) }

  var invocation: Invocation {
    let ticks = ticks
    return Invocation(
      arguments: ["umoci-tx", "test"], workingDirectory: "/", userID: userID, userName: "tester",
      sudoUser: nil, hostName: host.name, machineID: host.machineID, processID: 42,
      programVersion: "0", message: nil,
      now: { ticks.now() }, randomBytes: { ticks.bytes($0) })
  }

  func open() throws -> ImageLayout { try ImageLayout.open(path) }

  /// Runs a mutation and returns its record.
  @discardableResult
  func run(
    _ mutation: some Mutation, expecting expectation: Expectation? = nil
  ) throws -> OperationRecord? {
    let runner = MutationRunner(
      layout: try open(), invocation: invocation,
      options: WritingOptions(durability: durability), expectation: expectation)
    if case .committed(let record) = try runner.run(mutation).0 { return record }
    return nil
  }

  @discardableResult
  func tag(_ tag: String, to source: String) throws -> OperationRecord? {
    let reference = try TagReference(parsing: source, now: Timestamp(secondsSinceEpoch: 0))
    return try run(SetTag(try ReferenceName(parsing: tag), to: ImageSource(reference)))
  }

  func history() throws -> OperationHistory {
    guard let history = try OperationHistory.open(ImageLayout.openForHistory(path)) else {
      throw JournalError.noHistory(path: path)
    }
    return history
  }

  /// The digest that a tag has in index.json.
  func digest(_ tag: String) throws -> Digest? {
    try open().readIndex().index.entries(named: tag).first?.descriptor.digest
  }

  /// Everything that the verifier finds.
  func findings() -> [LayoutFinding] { LayoutVerifier.verify(at: path) }

  @discardableResult
  func recover(_ mode: RecoveryMode = .standard) throws -> RecoveryReport {
    try OperationJournal(
      writing: ImageLayout.openForHistory(path), invocation, WritingOptions(durability: .relaxed)
    ).recover(mode)
  }
}
