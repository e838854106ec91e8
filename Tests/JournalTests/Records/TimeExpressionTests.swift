import Store
import Testing

@testable import Journal

@Suite struct TimeExpressionTests {
  static let now = Timestamp(secondsSinceEpoch: 1_795_000_000)  // 2026-11-18T11:06:40Z

  @Test(arguments: [
    ("2026-11-20T10:00:30Z", "2026-11-20T10:00:30Z"),
    ("2026-11-20T10:00:30.25Z", "2026-11-20T10:00:30.25Z"),
    ("2026-11-20T10:00Z", "2026-11-20T10:00:00Z"),
    ("2026-11-20T10:00", "2026-11-20T10:00:00Z"),
    ("2026-11-20 10:00:05", "2026-11-20T10:00:05Z"),
    ("2026-11-20t10:00z", "2026-11-20T10:00:00Z"),
    ("2026-11-20T10:00+02:00", "2026-11-20T08:00:00Z"),
    ("2026-11-20T23:30-01:30", "2026-11-21T01:00:00Z"),
    ("2026-11-20", "2026-11-20T00:00:00Z"),
    ("now", "2026-11-18T11:06:40Z"),
    ("yesterday", "2026-11-17T11:06:40Z"),
    ("3.days.ago", "2026-11-15T11:06:40Z"),
    ("1.day.ago", "2026-11-17T11:06:40Z"),
    ("2.hours.ago", "2026-11-18T09:06:40Z"),
    ("10 minutes ago", "2026-11-18T10:56:40Z"),
    ("90.seconds.ago", "2026-11-18T11:05:10Z"),
    ("1.week.ago", "2026-11-11T11:06:40Z"),
    ("0.seconds.ago", "2026-11-18T11:06:40Z"),
  ])
  func `a time is read as people mean it`(text: String, expected: String) throws {
    let time = try TimeExpression.parse(text, now: Self.now)
    #expect(time.inUTC.description == expected)
  }

  @Test(arguments: [
    "", " ", "tomorrow", "Yesterday", "3.days", "3.days.ago.", ".days.ago", "-3.days.ago",
    "+3.days.ago", "3.dayss.ago", "3.months.ago", "3..ago", "x.days.ago", "ago", "1795000000",
    "2026", "2026-11", "2026-13-01", "2026-02-30", "2026-11-20T", "2026-11-20T10", "2026-11-20T10Z",
    "2026-11-20T10:00:00+2", "2026-11-20T24:00Z", "2026-11-20X10:00Z", "2026-11-20T10:00Zjunk",
    "2026-11-2\u{301}0", "20261120T100000Z", "2026-11-20T10:00z+01:00",
    "99999999999999999999.days.ago",
  ])
  func `anything else is refused`(text: String) {
    #expect(throws: TimeExpression.Malformed(text: text)) {
      try TimeExpression.parse(text, now: Self.now)
    }
  }

  @Test func `a time before all times is the earliest one`() throws {
    let time = try TimeExpression.parse("9223372036854775807.weeks.ago", now: Self.now)
    #expect(time < Timestamp.zero)
  }

  @Test func `a long text is cut in the message`() {
    #expect(throws: TimeExpression.Malformed.self) {
      try TimeExpression.parse(String(repeating: "x", count: 100_000), now: Self.now)
    }
    let message = TimeExpression.Malformed(text: String(repeating: "x", count: 100_000)).description
    #expect(message.utf8.count < 200)
  }
}
