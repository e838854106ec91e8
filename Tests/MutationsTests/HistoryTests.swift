import Journal
import Mutations
import Store
import Testing

@Suite struct HistoryTests {
  @Test func `the first write adopts what is there and then does its own work`() throws {
    let layout = try TestLayout()
    try layout.tag("c", to: "a")
    let log = try layout.history().operations(HistoryFilter())
    #expect(log.map(\.record.kind) == [.tag, .adopt])
    #expect(log[1].record.edits.map(\.key) == [.name("a"), .name("b")])
    #expect(try layout.digest("c") == layout.digest("a"))
    #expect(layout.findings() == [])
  }

  @Test func `undo goes further back each time and redo comes forward`() throws {
    let layout = try TestLayout()
    let first = try layout.digest("a")
    let second = try layout.digest("b")
    try layout.tag("t", to: "a")
    try layout.tag("t", to: "b")
    for expected in [first, nil] {
      let target = try Reversal.undoTarget(in: layout.history(), userID: layout.userID)
        .target
      try layout.run(UndoOperation(target))
      #expect(try layout.digest("t") == expected)
    }
    #expect(throws: JournalError.self) {
      try Reversal.undoTarget(in: layout.history(), userID: layout.userID)
    }
    for expected in [first, second] {
      let target = try Reversal.redoTarget(in: layout.history(), userID: layout.userID)
        .target
      try layout.run(UndoOperation(target, kind: .redo))
      #expect(try layout.digest("t") == expected)
    }
    #expect(layout.findings() == [])
  }

  @Test func `a tag at a revision is what it was`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.tag("t", to: "b")
    try layout.run(RemoveTag(ReferenceName(parsing: "t")))
    let index = try layout.open().readIndex().index
    let history = try layout.history()
    let values = try (1...3).map { count in
      try history.value(of: "t", at: .back(count), current: index, now: .zero).first?.digest
    }
    #expect(try values == [layout.digest("b"), layout.digest("a"), nil])
    try layout.tag("t", to: "t@{2}")
    #expect(try layout.digest("t") == layout.digest("a"))
  }

  @Test func `restore sets all tags back at once`() throws {
    let layout = try TestLayout()
    let start = try #require(try layout.tag("t", to: "a"))
    try layout.tag("t", to: "b")
    try layout.run(RemoveTag(ReferenceName(parsing: "a")))
    try layout.run(RestoreState(to: start))
    #expect(try layout.digest("t") == layout.digest("a"))
    #expect(try layout.open().readIndex().index.referenceNames.sorted() == ["a", "b", "t"])
  }

  @Test func `an expectation that does not hold changes nothing`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let mutation = RemoveTag(try ReferenceName(parsing: "t"))
    #expect(throws: JournalError.self) {
      try layout.run(mutation, expecting: .image(.digest(DigestPrefix(Digest.sha256(of: [])))))
    }
    #expect(try layout.digest("t") != nil)
    let expected = try #require(try layout.digest("t"))
    try layout.run(mutation, expecting: .image(.digest(DigestPrefix(expected))))
    #expect(try layout.digest("t") == nil)
  }

  @Test func `a mistake in the first command leaves no journal`() throws {
    let layout = try TestLayout()
    #expect(throws: ReferenceError.self) { try layout.tag("t", to: "no-such-tag") }
    #expect(try OperationHistory.open(layout.open()) == nil)
    #expect(try !layout.open().root.entryNames().contains(".ocitx"))
  }

  @Test func `the chain and the stamp vouch for each other`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    try layout.run(
      CreateImage(ReferenceName(parsing: "n"), created: Timestamp(secondsSinceEpoch: 0)))
    let log = try layout.history().operations(HistoryFilter())
    #expect(log[0].record.previous == log[1].hash)
    let index = try layout.open().readIndex()
    let stamp = try #require(index.index.annotation(CommitMarker.key).flatMap { CommitMarker($0) })
    #expect(stamp.sequence == log[0].record.sequence)
    #expect(log[0].hash.encoded.hasPrefix(stamp.chain))
    #expect(layout.findings() == [])
  }
}
