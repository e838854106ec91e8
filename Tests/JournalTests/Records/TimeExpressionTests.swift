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
    ("today", "2026-11-18T00:00:00Z"),
    ("midnight", "2026-11-18T00:00:00Z"),
    ("09:01", "2026-11-18T09:01:00Z"),
    ("11:06:40", "2026-11-18T11:06:40Z"),
    ("11:07", "2026-11-17T11:07:00Z"),
    ("90s", "2026-11-18T11:05:10Z"),
    ("5m", "2026-11-18T11:01:40Z"),
    ("1h", "2026-11-18T10:06:40Z"),
    ("2d", "2026-11-16T11:06:40Z"),
    ("1w", "2026-11-11T11:06:40Z"),
    ("last.week", "2026-11-11T11:06:40Z"),
    ("last day", "2026-11-17T11:06:40Z"),
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
    let time = try TimeExpression(parsing: text, now: Self.now)
    #expect(time.start.inUTC.description == expected)
  }

  @Test(arguments: [
    ("2026-11-20T10:00:30.25Z", "2026-11-20T10:00:30.25Z"),
    ("2026-11-20T10:00:30Z", "2026-11-20T10:00:30.999999999Z"),
    ("2026-11-20T10:00:30+01:00", "2026-11-20T09:00:30.999999999Z"),
    ("2026-11-20T10:00", "2026-11-20T10:00:59.999999999Z"),
    ("2026-11-20", "2026-11-20T23:59:59.999999999Z"),
    ("09:01", "2026-11-18T09:01:59.999999999Z"),
    ("today", "2026-11-18T23:59:59.999999999Z"),
    ("9999-12-31", "9999-12-31T23:59:59.999999999Z"),
    ("midnight", "2026-11-18T00:00:00Z"),
    ("now", "2026-11-18T11:06:40Z"),
    ("5m", "2026-11-18T11:01:40Z"),
  ])
  func `what a time leaves out is meant as a whole`(text: String, end: String) throws {
    let time = try TimeExpression(parsing: text, now: Self.now)
    #expect(time.end.inUTC.description == end)
    #expect(time.description == text)
  }

  @Test(arguments: [
    "", " ", "tomorrow", "Yesterday", "3.days", "3.days.ago.", ".days.ago", "-3.days.ago",
    "+3.days.ago", "3.dayss.ago", "3.months.ago", "3..ago", "x.days.ago", "ago", "1795000000",
    "2026", "2026-11", "2026-13-01", "2026-02-30", "2026-11-20T", "2026-11-20T10", "2026-11-20T10Z",
    "2026-11-20T10:00:00+2", "2026-11-20T24:00Z", "2026-11-20X10:00Z", "2026-11-20T10:00Zjunk",
    "2026-11-2\u{301}0", "20261120T100000Z", "2026-11-20T10:00z+01:00",
    "99999999999999999999.days.ago", "5", "m", "5.m.ago", "5x", "-5m", "last.month", "last",
    "last.d",
    "9:1", "24:00", ":", "::", "09:01:0", "09:01Z",
  ])
  func `anything else is refused`(text: String) {
    #expect(throws: TimeExpression.Malformed(text: text)) {
      try TimeExpression(parsing: text, now: Self.now)
    }
  }

  @Test func `a time before all times is the earliest one`() throws {
    let time = try TimeExpression(parsing: "9223372036854775807.weeks.ago", now: Self.now)
    #expect(time.end < Timestamp.zero)
  }

  @Test func `a long text is cut in the message`() {
    #expect(throws: TimeExpression.Malformed.self) {
      try TimeExpression(parsing: String(repeating: "x", count: 100_000), now: Self.now)
    }
    let message = TimeExpression.Malformed(text: String(repeating: "x", count: 100_000)).description
    #expect(message.utf8.count < 200)
  }
}
