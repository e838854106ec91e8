internal import Store

/// When operations happened, as far as their clocks can be believed.
///
/// The order of operations is that of the history. A clock may be wrong: what it says of an operation is
/// believed when it is not in the future and contradicts as few others as can be. Any other operation
/// happened before the next one that is believed, or just now.
struct Chronology {
  /// What a clock said of an operation.
  struct Moment: Equatable {
    let sequence: Int64
    let time: Timestamp
  }

  /// How far ahead a clock may be without being called wrong, in seconds.
  static let tolerance: Int64 = 60

  private let now: Timestamp
  /// The largest set of moments whose order in time is that of the history; ascending in both.
  private let believed: [Moment]
  /// The latest of all, if it is in the future by more than the tolerance.
  private(set) var future: Moment?
  /// Where the latest time so far that is not in the future changes; ascending in both.
  private var records: [Moment] = []

  /// Orders moments, which ascend by their sequence.
  init(_ moments: [Moment], now: Timestamp) {
    self.now = now
    let past = moments.filter { $0.time <= now }
    for moment in past where records.last.map({ $0.time < moment.time }) ?? true {
      records.append(moment)
    }
    future = moments.filter { $0.time > now.adding(seconds: Self.tolerance) }
      .max { $0.time < $1.time }
    believed = Self.longestAscent(past)
  }

  /// The longest part, in order, in which times never go back (patience sorting).
  private static func longestAscent(_ moments: [Moment]) -> [Moment] {
    // For each length the last moment of the ascent of that length that ends earliest.
    var ends: [Int] = []
    var previous = [Int](repeating: -1, count: moments.count)
    for (index, moment) in moments.enumerated() {
      let place = partition(ends.count) { moments[ends[$0]].time > moment.time }
      if place > 0 { previous[index] = ends[place - 1] }
      if place == ends.count { ends.append(index) } else { ends[place] = index }
    }
    var ascent: [Moment] = []
    var index = ends.last ?? -1
    while index >= 0 {
      ascent.append(moments[index])
      index = previous[index]
    }
    return ascent.reversed()
  }

  /// The first of `0..<count` for which `isBeyond` is true, as it is for all after it; `count` if none.
  private static func partition(_ count: Int, _ isBeyond: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if isBeyond(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The last operation that had happened at a time; 0 when none had.
  func lastOperation(at time: Timestamp, head: Int64) -> Int64 {
    // All those that are not believed happened after the last believed one, and before the next.
    if time >= now { return head }
    let next = Self.partition(believed.count) { believed[$0].time > time }
    return next == 0 ? 0 : believed[next - 1].sequence
  }

  /// The latest time at which an operation may have happened, however few of the clocks are right: what
  /// is protected for a while is protected from then on.
  func latestTime(of sequence: Int64) -> Timestamp {
    let next = Self.partition(believed.count) { believed[$0].sequence >= sequence }
    let bound = next < believed.count ? believed[next].time : now
    let earlier = Self.partition(records.count) { records[$0].sequence > sequence }
    return earlier == 0 ? bound : max(bound, records[earlier - 1].time)
  }

  /// The last operation that has certainly happened before a time; 0 when there is none.
  func lastOperation(certainlyBefore time: Timestamp, head: Int64) -> Int64 {
    var (low, high) = (Int64(0), head)
    while low < high {
      let middle = high - (high - low) / 2
      if latestTime(of: middle) < time { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
