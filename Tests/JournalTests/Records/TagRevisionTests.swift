import Journal
import Store
import Testing

@Suite struct TagRevisionTests {
  static let now = Timestamp(secondsSinceEpoch: 1_795_000_000)

  @Test(arguments: [
    ("0", TagRevision.current),
    ("1", .back(1)),
    ("002", .back(2)),
    ("1000000", .back(1_000_000)),
  ])
  func `a number of moves is read`(text: String, expected: TagRevision) throws {
    #expect(try TagRevision(parsing: text, now: Self.now) == expected)
  }

  @Test(arguments: ["op:kxmqzyvw", "op:k^", "op:12", "op:@", "op:@^", "op:12~3"])
  func `an operation is read`(text: String) throws {
    let operation = try #require(OperationReference(text))
    #expect(try TagRevision(parsing: text, now: Self.now) == .operation(operation))
  }

  @Test(arguments: ["yesterday", "2.hours.ago", "1970-01-02", "5m"])
  func `a time is read`(text: String) throws {
    let time = try TimeExpression(parsing: text, now: Self.now)
    #expect(try TagRevision(parsing: text, now: Self.now) == .at(time))
  }

  @Test(arguments: ["", "@{2}", "@{op:k^}", "@{1970-01-02T00:00Z}"])
  func `a tag reference is written as it was typed`(revision: String) throws {
    let reference = try TagReference(parsing: "v1" + revision, now: Self.now)
    #expect("\(reference.name.rawValue)\(reference.revision)" == "v1" + revision)
  }

  @Test(arguments: [
    "", "-1", "+1", "1.5", "1000001", "99999999999999999999", "op:", "op:^", "op:abc", "op:v1@{1}",
    "op:KXMQ", "op:-1", "op:+1", "op:kxmqzyvwlnopqrstk", "op: 12", "op:99999999999999999999",
    "tomorrow", "2026-13-01", "\u{661}",
  ])
  func `what is no revision is refused`(text: String) {
    #expect(throws: TagRevision.Malformed.self) { try TagRevision(parsing: text, now: Self.now) }
  }

  @Test(arguments: [
    ("latest", "latest", TagRevision.current),
    ("a:b", "a:b", .current),
    ("user@host", "user@host", .current),
    ("latest@{1}", "latest", .back(1)),
  ])
  func `a tag reference is split into tag and revision`(
    text: String, name: String, revision: TagRevision
  ) throws {
    let reference = try TagReference(parsing: text, now: Self.now)
    #expect(reference.name.rawValue == name)
    #expect(reference.revision == revision)
  }

  @Test(arguments: [
    "", "@{1}", "latest@{", "latest@{}", "latest@{1", "latest{1}", "latest@1}", "latest@{1}x",
    "latest@{1}@{2}", "-x@{1}", "a b@{1}",
  ])
  func `what is no tag reference is refused`(text: String) {
    #expect(throws: TagReference.Malformed.self) { try TagReference(parsing: text, now: Self.now) }
  }
}
