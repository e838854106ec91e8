import TestSupport
import Testing

/// A command that has died is run again, as whoever has started it would: what its dead process had
/// prepared is finished before the second one plans anything, and is no conflict with it.
@Suite struct RetryTests {
  /// The commands that stage blobs: they plan before they take the lock.
  private static let names: Set<String> = [
    "insert", "add-layer", "config", "batch", "exec", "repack", "repack refresh",
  ]

  @Test(arguments: ["publish.exchange:before", "publish.exchange:after"])
  func `the same command works again after a death`(plan: String) throws {
    let commands = WritingCommand.all.filter { Self.names.contains($0.name) }
    if !TestEffort.isChoosing { #expect(commands.count == Self.names.count) }
    for command in commands {
      let sandbox = try command.sandbox()
      for status: Int32 in [137, 0] {
        let outcome = try sandbox.run(
          command.arguments, input: command.input, failing: status == 0 ? nil : plan)
        #expect(outcome.status == status, "\(command.name): \(outcome)")
      }
      #expect(try command.problems(of: sandbox.layout) == [], "\(command.name)")
    }
  }
}
