import Glibc
import Journal
import Store
import Synchronization
import Testing

@testable import umoci_tx

/// A command line that ran inside of the test: its exit status and what it printed.
struct CapturedRun {
  let status: Int32
  let output: String
  let messages: String

  /// Runs a command line with a fixed clock, user and environment.
  init(
    _ arguments: [String], environment: [String: String] = [:], isTerminal: Bool = false,
    workingDirectory: String = "/", dice: UInt8 = 7, clock: Timestamp = .fixed
  ) throws {
    var descriptors: [Int32] = [0, 0]
    try #require(pipe(&descriptors) == 0)
    let captured = Captured()
    let context = CommandContext(
      commands: UmociTx.commands,
      invocation: .fixed(
        arguments: ["umoci-tx"] + arguments, in: workingDirectory, dice: dice, clock: clock),
      output: OutputWriter(descriptor: descriptors[1], isTerminal: isTerminal, style: .plain),
      messages: MessageWriter(isTerminal: isTerminal, style: .plain) { captured.text += $0 },
      environment: EnvironmentVariables { environment[$0] })
    // What a command prints here fits into a pipe, which holds 64 KiB.
    status = CommandLineProgram.run(arguments, in: context)
    close(descriptors[1])
    output = Self.drain(descriptors[0])
    messages = captured.text
  }

  private final class Captured {
    var text = ""
  }

  private static func drain(_ descriptor: Int32) -> String {
    defer { close(descriptor) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count <= 0 { return String(decoding: result, as: UTF8.self) }
      result += buffer[..<count]
    }
  }
}

extension Invocation {
  /// An invocation in which nothing changes from run to run; what it makes up one after the other
  /// differs all the same, as names of operations have to.
  static func fixed(
    arguments: [String] = ["umoci-tx"], in folder: String = "/", dice: UInt8 = 7,
    clock: Timestamp = .fixed
  ) -> Invocation {
    let calls = CallCounter()
    return Invocation(
      arguments: arguments, workingDirectory: folder, userID: 1000, userName: "anna",
      sudoUser: nil, hostName: "host", machineID: "machine", processID: 4711,
      programVersion: "0.1.0", message: nil,
      now: { clock },
      randomBytes: { count in
        // Seven is the number that the golden files are written with.
        let fixed = 7 &+ calls.next()
        return (0..<count).map { _ in dice == 7 ? fixed : UInt8.random(in: 0...255) }
      })
  }
}

/// Counts from zero.
private final class CallCounter: Sendable {
  private let count = Mutex<UInt8>(0)

  func next() -> UInt8 {
    count.withLock { count in
      defer { count &+= 1 }
      return count
    }
  }
}

extension Timestamp {
  /// 2026-11-20T10:00:00Z.
  static let fixed = Timestamp(secondsSinceEpoch: 1_795_168_800)
}
