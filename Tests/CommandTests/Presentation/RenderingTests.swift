import Store
import Testing

@testable import Journal
@testable import umoci_tx

@Suite struct RenderingTests {
  private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  private func line(
    _ sequence: Int64, user: String = "anna", kind: OperationKind = .tag, _ edits: [TagEdit],
    message: String? = nil
  ) -> OperationLine {
    OperationLine(
      sequence: sequence,
      id: OperationID(randomBytes: (0..<8).map { UInt8(truncatingIfNeeded: sequence) &+ $0 }),
      time: Timestamp.fixed.adding(seconds: sequence * 60), user: user, kind: kind, edits: edits,
      message: message)
  }

  private func listing() throws -> OperationListing {
    let move = try SampleRecords.edit("latest", "a", "b")
    let new = try SampleRecords.edit("1.0", nil, "a")
    var undo = line(101, kind: .undo, [move.inverse])
    undo.reverts = OperationID(randomBytes: [1, 2, 3, 4, 5, 6, 7, 8])
    let strange = try SampleRecords.edit("evil\u{1b}[2J", "c", nil)
    return OperationListing(operations: [
      undo, line(100, [move], message: "release 1.0\n\nwith a body"),
      line(9, user: "bob", kind: .batch, [new, move, new, new]),
      line(8, user: "mallory\u{1b}]0;x\u{7}", kind: .external, [strange]),
      line(7, kind: .adopt, []),
      line(6, [new], message: String(repeating: "long ", count: 30)),
    ])
  }

  @Test func `log lists operations in columns`() throws {
    try Golden.expect(text(listing().lines(style: .plain)), is: "log")
    try Golden.expect(text(listing().lines(style: .colored)), is: "log-colored")
  }

  @Test func `log of nothing prints nothing`() {
    #expect(OperationListing(operations: []).lines(style: .plain) == [])
  }

  @Test func `log as JSON`() throws {
    let bytes = try listing().json.rendered(.spaces)
    try Golden.expect(String(decoding: bytes, as: UTF8.self) + "\n", is: "log-json")
  }

  @Test func `show tells everything about an operation`() throws {
    let plain = try SampleRecords.record(
      edits: [SampleRecords.edit("latest", "a", "b")], message: "release 1.0\n\nwith a body")
    try Golden.expect(text(OperationReport(record: plain).lines(style: .plain)), is: "show")
    var rich = try SampleRecords.record(
      13, kind: .reapply,
      edits: [SampleRecords.edit("x", nil, "a"), SampleRecords.edit("y\u{1b}", "a", nil)],
      arguments: ["umoci-tx", "it's", "a\u{1b}[31m"])
    rich.author.sudoUser = "bob"
    rich.reverts = rich.id
    rich.recovered = "rolled forward after a crash"
    rich.baseStamp = "11:kxmqzyvwlnopqrst:00112233445566aa"
    rich.wallClock = Timestamp.fixed.adding(seconds: -3600)
    rich.duration = 12_345_678
    rich.indexBefore = nil
    rich.addedBlobs = [.init(digest: try SampleRecords.digest("c"), size: 34_200_000)]
    rich.conflicts = [.init(key: .name("z"), theirs: [try SampleRecords.descriptor("d")])]
    rich.details = ["tool_status": 0, "note": "text"]
    try Golden.expect(text(OperationReport(record: rich).lines(style: .plain)), is: "show-rich")
  }

  @Test func `outcomes of writing commands`() throws {
    let one = try SampleRecords.edit("latest", "a", "b")
    let two = try SampleRecords.edit("1.0", nil, "b")
    let outcomes: [OutcomeReport] = [
      .unchanged(reason: "latest is aaaaaaaaaaaa already"), .planned([one, two]),
      .committed(try SampleRecords.record(edits: [one])),
      .committed(try SampleRecords.record(kind: .batch, edits: [one, two])),
      .committed(try SampleRecords.record(kind: .initialize, edits: [])),
    ]
    let texts = outcomes.map { text($0.lines(style: .plain)) }
    let documents = outcomes.map { String(decoding: $0.json.rendered(.compact), as: UTF8.self) }
    try Golden.expect(
      zip(texts, documents).map { $0 + $1 + "\n" }.joined(separator: "\n"), is: "outcome")
  }

  @Test func `status of a healthy layout`() throws {
    let report = StatusReport(
      path: "images/app", isWritable: true, operations: 100,
      head: line(100, [try SampleRecords.edit("latest", "a", "b")]), drift: .none, running: [],
      interrupted: [], conflicts: [],
      held: .init(
        blobs: 12, blobBytes: 34_200_000, exclusiveBytes: 1500, documents: 24,
        documentBytes: 17_234),
      trash: [
        .init(
          id: OperationID(randomBytes: [1, 2, 3, 4, 5, 6, 7, 8]), sequence: nil, kind: nil,
          time: .fixed.adding(seconds: -86400), total: .init(count: 1, bytes: 99),
          expires: .fixed.adding(seconds: 518_400)),
        .init(
          id: OperationID(randomBytes: [8, 7, 6, 5, 4, 3, 2, 1]), sequence: 42, kind: .collect,
          time: .fixed, total: .init(count: 5000, bytes: 1_439_000),
          expires: .fixed.adding(seconds: 604_800)),
      ],
      fileSystem: "ext4", warnings: [])
    try Golden.expect(text(report.lines(style: .plain)), is: "status-healthy")
    let bytes = report.json.rendered(.spaces)
    try Golden.expect(String(decoding: bytes, as: UTF8.self) + "\n", is: "status-healthy-json")
  }

  @Test func `status of a layout without history`() throws {
    let report = StatusReport(
      path: "images/app", isWritable: false, operations: nil, head: nil, drift: .noHistory,
      running: [], interrupted: [], conflicts: [], held: .init(),
      fileSystem: "nfs", warnings: ["swapping two files is not supported here"])
    try Golden.expect(text(report.lines(style: .plain)), is: "status-foreign")
  }

  @Test func `status of a layout in trouble`() throws {
    let id = OperationID(randomBytes: [8, 7, 6, 5, 4, 3, 2, 1])
    let operation = StatusReport.LiveOperation(
      id: id, kind: .exec, author: "bob on host (pid 12)", started: .fixed)
    var report = StatusReport(
      path: "images/app\u{1b}c", isWritable: true, operations: 1,
      head: line(1, user: "\u{1b}", [try SampleRecords.edit("latest", "a", "b")]),
      drift: .foreign(
        IndexMerge(
          net: [try SampleRecords.edit("latest", "b", "c")],
          reapplied: [try SampleRecords.edit("old", "c", "b")],
          conflicts: [.init(key: .name("both"), theirs: [try SampleRecords.descriptor("c")])])),
      running: [operation], interrupted: [.init(id: id)],
      conflicts: [
        .init(
          operation: "12", key: .name("latest"),
          theirs: [try SampleRecords.descriptor("b")])
      ], held: .init(blobs: 1, blobBytes: 99), fileSystem: "overlay",
      warnings: ["a", "b"])
    try Golden.expect(text(report.lines(style: .plain)), is: "status-trouble")
    let bytes = report.json.rendered(.spaces)
    try Golden.expect(String(decoding: bytes, as: UTF8.self) + "\n", is: "status-trouble-json")
    report.drift = .torn(reason: "unexpected end at line 1")
    #expect(text(report.lines(style: .plain)).contains("damaged: unexpected end"))
    report.drift = .ahead(stamp: "12:x:y")
    #expect(text(report.lines(style: .plain)).contains("--accept-index"))
  }

  @Test func `errors are told with causes, a hint and a status`() throws {
    let conflict = TagConflict(
      tag: "latest", expected: "sha256:aaaa", actual: nil,
      mover: "removed by bob, 2026-11-20T10:00:00Z, operation 12", advice: "look, then repeat")
    let errors: [any Error] = [
      LayoutError.notFound(path: "images/\u{1b}[31mapp"), JournalError.conflict(conflict),
      SyscallError(call: "renameat2", path: "index.json", code: 28),
      UsageError.missing("--layout", hint: "name it"), CancellationError(),
    ]
    let texts = errors.map { error in
      let report = ErrorReport(error)
      let json = String(decoding: JSONValue.object(report.json()).rendered(.compact), as: UTF8.self)
      return report.text(style: .plain) + json + "\n=> \(report.category.rawValue)\n"
    }
    try Golden.expect(texts.joined(separator: "\n"), is: "errors")
  }
}
