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
    ("op:kxmqzyvw", .operation("kxmqzyvw", before: false)),
    ("op:k^", .operation("k", before: true)),
    ("op:12", .operation("12", before: false)),
    ("op:@", .operation("@", before: false)),
    ("op:@^", .operation("@", before: true)),
    ("yesterday", .at(Timestamp(secondsSinceEpoch: 1_794_913_600))),
    ("2.hours.ago", .at(Timestamp(secondsSinceEpoch: 1_794_992_800))),
    ("1970-01-02", .at(Timestamp(secondsSinceEpoch: 86400))),
  ])
  func `a revision is read`(text: String, expected: TagRevision) throws {
    #expect(try TagRevision(parsing: text, now: Self.now) == expected)
  }

  @Test(arguments: [
    "", "-1", "+1", "1.5", "1000001", "99999999999999999999", "op:", "op:^", "op:abc", "op:k^^",
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
    ("a:b@{op:k^}", "a:b", .operation("k", before: true)),
    ("v1@{1970-01-02T00:00Z}", "v1", .at(Timestamp(secondsSinceEpoch: 86400))),
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
