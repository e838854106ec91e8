import Store
import TestSupport
import Testing

@testable import umoci_tx

/// Commands on machines whose clocks are a day apart.
@Suite struct ClockCommandTests {
  private static let ahead = Timestamp.fixed.adding(seconds: 86400)

  private func run(
    _ arguments: [String], _ shop: Workshop, clock: Timestamp = .fixed
  ) throws -> CapturedRun {
    try CapturedRun(arguments + ["--layout", shop.layout], dice: 1, clock: clock)
  }

  private func tag(_ source: String, _ tag: String, _ shop: Workshop, clock: Timestamp) throws {
    let run = try CapturedRun(
      ["tag", "--image", shop.layout + ":" + source, tag], dice: 1, clock: clock)
    #expect(run.status == 0, "\(run.messages)")
  }

  @Test func `times mean the same although one clock was ahead`() throws {
    let shop = try Workshop()
    try tag("a", "t", shop, clock: Self.ahead)
    let minutes = (1...3).map { Timestamp.fixed.adding(seconds: $0 * 60) }
    try tag("b", "t", shop, clock: minutes[0])
    try tag("b", "u", shop, clock: minutes[1])
    let restore = try run(
      ["restore", "--dry-run", "--to", "0.seconds.ago"], shop, clock: minutes[2])
    #expect(restore.status == 0, "\(restore.messages)")
    #expect(
      (restore.output + restore.messages).contains("everything is as it was"),
      "\(restore.output) \(restore.messages)")
    let old = try CapturedRun(
      ["stat", "--image", shop.layout + ":t@{90.seconds.ago}", "--json"], clock: minutes[2])
    #expect(old.status == 0)
    let status = try run(["status"], shop, clock: minutes[2])
    #expect(status.output.contains("2026-11-21T10:00:00Z, which is in the future"))
    let json = try run(["status", "--json"], shop, clock: minutes[2])
    #expect(json.output.contains("\"clock_ahead\":{\"operation\":"), "\(json.output)")
    let verify = try run(["verify"], shop, clock: minutes[2])
    #expect(verify.status == 0 && verify.output.contains("clock-ahead"), "\(verify.output)")
    let log = try run(["log"], shop, clock: minutes[2])
    #expect(log.output.contains("2026-11-20T10:01:00Z") && log.output.contains("2026-11-21"))
  }
}
