import Journal
import Testing

/// Reading index.json and the history while others write.
@Suite struct HistoryMomentTests {
  @Test func `what an operation came between is read again by who only looks`() throws {
    for isDry in [true, false] {
      let layout = try TestLayout()
      try layout.tag("c", to: "a")
      var reads = 0
      let newest = try HistoryMoment.reading(layout.open(), isDry: isDry) {
        reads += 1
        let newest = try layout.history().newest()?.record.sequence
        if reads == 1 { try layout.tag("c", to: "b") }
        return newest
      }
      #expect(reads == (isDry ? 2 : 1))
      #expect(newest == (isDry ? 3 : 2))
    }
  }

  @Test func `what fails in the middle of an operation is tried again`() throws {
    struct Halfway: Error {}
    let layout = try TestLayout()
    var reads = 0
    let done = try HistoryMoment.reading(layout.open(), isDry: true) {
      reads += 1
      if reads > 1 { return true }
      try layout.tag("c", to: "a")
      throw Halfway()
    }
    #expect(done && reads == 2)
    #expect(throws: Halfway.self) {
      try HistoryMoment.reading(layout.open(), isDry: true) { throw Halfway() }
    }
  }
}
