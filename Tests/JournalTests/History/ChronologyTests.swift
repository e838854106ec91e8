import Store
import Testing

@testable import Journal

/// Clocks of operations, in days; the operations are numbered from 1.
@Suite struct ChronologyTests {
  private func time(_ days: Int64) -> Timestamp { Timestamp(secondsSinceEpoch: days * 86400) }

  private func chronology(_ days: [Int64], now: Int64) -> Chronology {
    Chronology(
      days.enumerated().map { .init(sequence: Int64($0 + 1), time: time($1)) }, now: time(now))
  }

  /// The operation after which the layout was as it was on a day.
  private func last(_ days: [Int64], at day: Int64, now: Int64) -> Int64 {
    chronology(days, now: now).lastOperation(at: time(day), head: Int64(days.count))
  }

  @Test(arguments: [
    // What right clocks say is believed.
    ([10, 20, 30], 25, 40, 2), ([10, 20, 30], 9, 40, 0), ([10, 20, 30], 30, 40, 3),
    // What has happened has not happened tomorrow.
    ([10, 20, 99], 40, 40, 3), ([10, 20, 99], 25, 40, 2),
    // One that was ahead, between others: before the one after it.
    ([10, 20, 99, 22, 23], 21, 40, 2), ([10, 20, 99, 22, 23], 22, 40, 4),
    ([10, 20, 35, 22, 23], 30, 40, 5),
    // One that was behind.
    ([10, 20, 1, 22, 23], 15, 40, 1), ([10, 20, 1, 22, 23], 20, 40, 2),
    ([10, 20, 1, 22, 23], 22, 40, 4),
    // The clock of the one who asks was set back.
    ([10, 20, 30], 15, 15, 3), ([10, 20, 30], 9, 15, 0),
  ])
  func `a state at a time is what most clocks say`(
    days: [Int64], day: Int64, now: Int64, expected: Int64
  ) {
    #expect(last(days, at: day, now: now) == expected)
  }

  @Test(arguments: [
    ([10, 20, 30], 2, 40, 20), ([10, 20, 99], 3, 40, 40), ([10, 99, 30], 2, 40, 30),
    // Too late, so that nothing is given up too early, but never later than now.
    ([10, 35, 30], 3, 40, 35), ([10, 20, 1, 30], 3, 40, 30), ([10, 20, 1], 3, 40, 40),
    // More clocks are wrong than right.
    ([30, 1, 2, 3], 1, 40, 30), ([30, 1, 2, 3], 4, 40, 30),
  ])
  func `no operation is taken for older than it may be`(
    days: [Int64], sequence: Int64, now: Int64, expected: Int64
  ) {
    #expect(chronology(days, now: now).latestTime(of: sequence) == time(expected))
  }

  @Test(arguments: [
    ([10, 20, 30], 25, 2), ([10, 20, 99, 30], 25, 2), ([10, 20, 99, 30], 31, 4),
    ([10, 20, 1, 30], 25, 2), ([], 5, 0), ([10], 10, 0), ([10], 11, 1),
  ])
  func `what is certainly old is found among wrong clocks`(
    days: [Int64], day: Int64, expected: Int64
  ) {
    let found = chronology(days, now: 40)
      .lastOperation(certainlyBefore: time(day), head: Int64(days.count))
    #expect(found == expected)
  }

  @Test func `only what is more than a minute ahead is called so`() {
    let now = Timestamp(secondsSinceEpoch: 1000)
    let moments = [990, 1060].enumerated().map {
      Chronology.Moment(
        sequence: Int64($0 + 1), time: Timestamp(secondsSinceEpoch: Int64($1)))
    }
    #expect(Chronology(moments, now: now).future == nil)
    #expect(Chronology(moments, now: Timestamp(secondsSinceEpoch: 999)).future == moments[1])
  }
}
