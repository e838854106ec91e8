import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// Clocks that are ahead, behind, or step: the order of operations is that of the history, and no age
/// is taken from one clock alone.
@Suite struct ClockTests {
  private static let day: Int64 = 86400
  private static let century: Int64 = 36500 * day

  @Test func `a record tells the wall clock as it was`() throws {
    let layout = try TestLayout()
    layout.setClock(Self.century)
    try layout.tag("c", to: "a")
    layout.setClock(0)
    try layout.tag("d", to: "a")
    layout.setClock(-3600)
    try layout.tag("e", to: "a")
    let times = try layout.log().prefix(3).map { ($0.wallClock, $0.time) }
    for (time, hour) in zip(times, [-3600, 0, Self.century]) {
      #expect(time.0 >= layout.clock(hour) && time.0 < layout.clock(hour + 60))
      #expect(time.0 == time.1)
    }
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [century, day, -3600, -century])
  func `trash is deleted although its clock was wrong, and not too early`(skew: Int64) throws {
    let layout = try TestLayout()
    try layout.tag("b", to: "a")
    layout.setClock(skew)
    _ = try layout.addForeignImage("nobody's")
    #expect(try layout.collect().withdrawal != nil)
    layout.setClock(0)
    #expect(try layout.collect(trashAge: 30 * Self.day).expiry == nil)
    try layout.tag("c", to: "a")
    layout.setClock(29 * Self.day)
    #expect(try layout.collect(trashAge: 30 * Self.day).expiry == nil)
    layout.setClock(32 * Self.day)
    #expect(try layout.collect(trashAge: 30 * Self.day).expiry != nil)
    #expect(try layout.problems() == [])
  }

  @Test func `a clock that was set back does not stop gc from deleting everything`() throws {
    let layout = try TestLayout()
    _ = try layout.addForeignImage("nobody's")
    try layout.collect()
    layout.setClock(-3600)
    #expect(try layout.collect(trashAge: 0).expiry != nil)
    #expect(try layout.names(in: ".ocitx/trash") == [])
  }

  /// The number of the operation at which the undo window begins.
  private func base(_ layout: TestLayout) throws -> Int64 {
    try CollectionRoots.base(layout.history().database, now: layout.invocation.now())
  }

  @Test(arguments: [century, day, -3600, -century])
  func `the undo window moves on behind an operation whose clock was wrong`(skew: Int64) throws {
    let layout = try TestLayout()
    try layout.forgetHistory(days: "30")
    try layout.tag("c", to: "a")
    layout.setClock(skew)
    try layout.tag("d", to: "a")
    layout.setClock(60)
    try layout.tag("e", to: "a")
    let last = try layout.log()[0].sequence
    layout.setClock(29 * Self.day)
    #expect(try base(layout) < last - 1)
    layout.setClock(32 * Self.day)
    #expect(try base(layout) == last)
  }

  @Test(arguments: [0, 3600, -60, -3600, -century])
  func `without an undo window nothing is needed for undo, whatever the clock says`(skew: Int64)
    throws
  {
    let layout = try TestLayout()
    try layout.forgetHistory(days: "0")
    try layout.tag("c", to: "a")
    layout.setClock(skew)
    #expect(try base(layout) == layout.log()[0].sequence)
  }

  @Test func `nothing of today leaves the window since its clock was behind`() throws {
    let layout = try TestLayout()
    try layout.forgetHistory(days: "30")
    try layout.tag("c", to: "a")
    layout.setClock(-Self.century)
    for tag in ["d", "e", "f", "g"] { try layout.tag(tag, to: "a") }
    layout.setClock(60)
    #expect(try base(layout) == 0)
  }

  @Test func `two machines a day apart agree on what a tag is and was`() throws {
    let layout = try TestLayout()
    layout.setClock(Self.day)
    try layout.tag("t", to: "a")
    layout.setClock(0)
    try layout.tag("t", to: "b")
    layout.setClock(60)
    try layout.tag("x", to: "b")
    let now = layout.clock(120)
    let history = try layout.history()
    let values = try [now, layout.clock(50), layout.clock(-60)].map {
      try history.operation(at: $0, now: now)?.record.sequence
    }
    #expect(values == [4, 3, nil])
    let time = try TimeExpression(parsing: "now", now: now)
    let digest = try history.value(of: "t", at: .at(time), current: layout.index(), now: now)
    #expect(digest.map(\.digest) == [try layout.digest("b")])
  }

  @Test func `operations that were dated behind a clock of 2099 are found by their own`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    var record = try layout.log()[0]
    let database = try JournalDatabase.makeInMemory()
    for minute in 0..<3 {
      record.sequence = Int64(minute + 1)
      record.id = OperationID(randomBytes: [UInt8](repeating: UInt8(minute), count: 8))
      record.time = layout.clock(Self.century)
      record.wallClock = layout.clock(Int64(minute) * 60)
      let bytes = record.canonicalBytes()
      try database.insert(
        FinalisedRecord(
          record: record, bytes: bytes, hash: OperationRecord.hash(bytes),
          publishedDigest: record.indexAfter, stamp: nil), state: .committed)
    }
    let chronology = try database.chronology(now: layout.clock(1000))
    #expect(chronology.lastOperation(at: layout.clock(90), head: 3) == 2)
    #expect(chronology.future == nil)
  }

  @Test func `log goes on behind an operation whose clock was behind`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    layout.setClock(-Self.day)
    try layout.tag("d", to: "a")
    layout.setClock(60)
    let found = try layout.history().operations(HistoryFilter(since: layout.clock(-60)))
    #expect(found.map(\.record.sequence) == [2, 1])
  }

  @Test func `status and verify tell of a clock that is ahead`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    #expect(try layout.status().ahead == nil)
    layout.setClock(Self.century)
    try layout.tag("d", to: "a")
    layout.setClock(60)
    try layout.tag("e", to: "a")
    let ahead = try layout.status().ahead
    #expect(ahead?.sequence == 3 && ahead.map { $0.time > layout.clock(Self.day) } == true)
    let codes = try layout.verify().findings.map(\.code)
    #expect(codes.contains(.clockAhead) && codes.contains(.clockBack))
    #expect(try layout.damage() == [])
    #expect(try layout.audit().firstBreak == nil)
  }
}
