import ArgumentParser
import Journal
import Mutations
import Store
import Testing

@testable import umoci_tx

@Suite struct OptionTests {
  @Test(arguments: [
    ("img", "img", "latest", TagRevision.current),
    ("img:v1", "img", "v1", .current),
    ("img:a:b", "img", "a:b", .current),
    ("a/b.c:v1@{2}", "a/b.c", "v1", .back(2)),
  ])
  func `an image address is cut at its first colon`(
    text: String, path: String, tag: String, revision: TagRevision
  ) throws {
    let address = try ImageAddress(parsing: text, now: .fixed)
    #expect(address.path == path)
    let expected = TagReference(name: try ReferenceName(parsing: tag), revision: revision)
    #expect(address.reference == .tag(expected))
  }

  @Test(arguments: [
    ("img@012345", "img", "012345"), ("img@sha256:0123456", "img", "sha256:0123456"),
    ("a@b/img@abcdef", "a@b/img", "abcdef"), ("img:@abcdef", "img", "abcdef"),
    ("there@abcdef:@012345", "there@abcdef", "012345"),
  ])
  func `a digest stands behind an at sign`(text: String, path: String, digest: String) throws {
    let address = try ImageAddress(parsing: text, now: .fixed) { $0 == "there@abcdef" }
    #expect(address.path == path)
    #expect(try address.reference == .digest(DigestPrefix(parsing: digest)))
    #expect(throws: UsageError.self) { try address.writableName() }
  }

  @Test(arguments: [
    ("there@abcdef", "there@abcdef", "latest"), ("there@abcdef:v1", "there@abcdef", "v1"),
    ("there@sha256:012345", "there@sha256", "012345"), ("img@home", "img@home", "latest"),
    ("img:v1@abcdef", "img", "v1@abcdef"),
  ])
  func `a folder with an at sign in its name is a folder`(
    text: String, path: String, tag: String
  ) throws {
    let address = try ImageAddress(parsing: text, now: .fixed) { $0.hasPrefix("there") }
    #expect(address.path == path)
    #expect("\(address.reference)" == tag)
  }

  @Test(arguments: [
    ("a:b/img", "latest"), ("a:b/img:v1", "v1"), ("a:b/img:v1:2", "v1:2"),
    ("a:b/img@abcdef", "@abcdef"), ("a:b/img:@abcdef", "@abcdef"),
  ])
  func `a colon in a path that is there is none before a tag`(
    text: String, reference: String
  ) throws {
    let address = try ImageAddress(parsing: text, now: .fixed) { $0 == "a:b/img" }
    #expect(address.path == "a:b/img")
    #expect("\(address.reference)" == reference)
  }

  @Test(arguments: ["img@abcde", "img@sha256:xyz", "img@ABCDEF", "img:@abc", "img:@"])
  func `what can only be meant as a digest and is none is refused`(text: String) {
    let error = #expect(throws: UsageError.self) {
      try ImageAddress(parsing: text, now: .fixed) { $0 == "img" }
    }
    #expect(error?.description.contains("is no digest") == true)
  }

  @Test(arguments: ["", ":", ":v1", "img:", "img:.AZ94n18s", "img:a b", "img:v1@{x}", "img:@{1}"])
  func `a broken image address is refused`(text: String) {
    #expect(throws: UsageError.self) { try ImageAddress(parsing: text, now: .fixed) }
  }

  @Test func `an earlier value cannot be written`() throws {
    let address = try ImageAddress(parsing: "img:v1@{1}", now: .fixed)
    #expect(throws: UsageError.self) { try address.writableName() }
    #expect(try ImageAddress(parsing: "img:v1@{0}", now: .fixed).writableName().rawValue == "v1")
  }

  @Test(
    arguments: [
      (nil, LockTimeout.standard),
      ("0", LockTimeout(milliseconds: 0)),
      ("60", LockTimeout(milliseconds: 60_000)),
      ("2.5", LockTimeout(milliseconds: 2500)),
      ("0.0019", LockTimeout(milliseconds: 1)),
    ] as [(String?, LockTimeout)])
  func `a lock timeout is read in seconds`(text: String?, expected: LockTimeout) throws {
    var flags = try LockingFlags.parse([])
    flags.lockTimeout = text
    #expect(try flags.timeout() == expected)
  }

  @Test(arguments: [
    "", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1.2.3", "31536001", "999999999999999999999",
    "ten",
  ])
  func `anything but seconds is refused as a lock timeout`(text: String) throws {
    var flags = try LockingFlags.parse([])
    flags.lockTimeout = text
    #expect(throws: UsageError.self) { try flags.timeout() }
  }

  @Test func `what is expected of a tag is a digest, what a tag is, or none`() throws {
    var option = try ExpectOption.parse([])
    #expect(try option.expectation(now: .fixed) == nil)
    option.expect = "none"
    #expect(try option.expectation(now: .fixed) == .absent)
    let digest = try SampleRecords.digest("a")
    let beginning = String(digest.description.prefix(14))
    for text in [digest.description, beginning, "@" + digest.shortForm] {
      option.expect = text
      let prefix = try DigestPrefix(parsing: text.hasPrefix("@") ? digest.shortForm : text)
      #expect(try option.expectation(now: .fixed) == .image(.digest(prefix)))
    }
    option.expect = "latest"
    #expect(try option.expectation(now: .fixed) == .image(.tag(TagReference(name: .latest))))
    for text in ["", "sha256:12", "a b", "@12"] {
      option.expect = text
      #expect(throws: UsageError.self) { try option.expectation(now: .fixed) }
    }
  }

  @Test(arguments: [
    "12", "op:12", "kxmq", "@", "@^", "12~2", "latest@{1}", "op:now",
  ])
  func `a point of history is an operation`(text: String) throws {
    let operation = try #require(OperationReference(text, now: .fixed))
    #expect(try HistoryPoint(parsing: text, now: .fixed) == .operation(operation))
  }

  @Test(arguments: ["1970-01-02", "now", "5m", "09:01"])
  func `a point of history is a time`(text: String) throws {
    let time = try TimeExpression(parsing: text, now: .fixed)
    #expect(try HistoryPoint(parsing: text, now: .fixed) == .time(time))
  }

  @Test(arguments: ["", "latest", "op:latest", "-1"])
  func `anything else is no point of history`(text: String) {
    #expect(throws: UsageError.self) { try HistoryPoint(parsing: text, now: .fixed) }
  }

  @Test(arguments: ["0", "-1", "", "x", "+1", "99999999999999999999"])
  func `a limit is a positive number`(text: String) {
    #expect(throws: UsageError.self) {
      try LogQuery(tags: [], limit: text, since: nil, now: .fixed)
    }
  }

  @Test func `SOURCE_DATE_EPOCH is a number of seconds, and empty means unset`() throws {
    func date(_ text: String?) throws -> Timestamp? {
      try EnvironmentVariables { _ in text }.sourceDate()
    }
    #expect(try date(nil) == nil)
    #expect(try date("") == nil)
    #expect(try date("1747791234") == Timestamp(secondsSinceEpoch: 1_747_791_234))
    #expect(try date("-1") == Timestamp(secondsSinceEpoch: -1))
    for text in ["x", "1.5", " 1", "+1", "99999999999999999999"] {
      #expect(throws: UsageError.self) { try date(text) }
    }
  }
}
