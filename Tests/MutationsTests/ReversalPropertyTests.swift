import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// Laws of undo, redo, restore and batch, on random histories; the seed is in the message.
@Suite struct ReversalPropertyTests {
  private struct Walk {
    var dice: SplitMix
    static let tags = ["a", "b", "t", "u", "v"]

    mutating func mutation(on layout: TestLayout) throws -> any Mutation {
      let tag = try ReferenceName(parsing: Self.tags.randomElement(using: &dice) ?? "t")
      let present = try layout.tags().keys.sorted()
      guard Int.random(in: 0..<3, using: &dice) > 0,
        let source = present.randomElement(using: &dice)
      else { return RemoveTag(tag) }
      let now = Timestamp(secondsSinceEpoch: 0)
      return SetTag(tag, to: ImageSource(try TagReference(parsing: source, now: now)))
    }
  }

  @Test(arguments: 0..<6)
  func `undo takes back and redo brings back and restore finds every state`(round: Int) throws {
    let seed = TestEffort.seed
    var walk = Walk(dice: SplitMix(announcing: seed))
    let layout = try TestLayout()
    try layout.tag("keep", to: "a")
    var states: [Int64: [String: Digest]] = [2: try layout.tags()]
    for _ in 0..<8 {
      let before = try layout.tags()
      guard let record = try layout.run(walk.mutation(on: layout)) else { continue }
      let after = try layout.tags()
      states[record.sequence] = after
      let undo = try #require(try layout.run(UndoOperation(record)))
      #expect(try layout.tags() == before, "seed \(seed)")
      states[undo.sequence] = before
      let redo = try #require(try layout.run(UndoOperation(undo, kind: .redo)))
      #expect(try layout.tags() == after, "seed \(seed)")
      states[redo.sequence] = after
      if Bool.random(using: &walk.dice) { try layout.collectForeign() }
    }
    for (sequence, tags) in states.shuffled(using: &walk.dice).prefix(5) {
      let target = try layout.history().operation(
        OperationReference(sequence: sequence)
      ).record
      try layout.run(RestoreState(to: target))
      #expect(try layout.tags() == tags, "seed \(seed), operation \(sequence)")
      try layout.collectForeign()
    }
    #expect(try layout.problems() == [], "seed \(seed)")
  }

  @Test(arguments: 0..<4)
  func `a batch is its steps one after the other as one operation`(round: Int) throws {
    let seed = TestEffort.seed
    var walk = Walk(dice: SplitMix(announcing: seed))
    let single = try TestLayout()
    let batch = try TestLayout()
    try single.tag("keep", to: "a")
    try batch.tag("keep", to: "a")
    var steps: [Batch.Step] = []
    for number in 0..<6 {
      let mutation = try walk.mutation(on: single)
      try single.run(mutation)
      steps.append(.init(place: "line \(number)", mutation))
    }
    let count = try batch.log().count
    let before = try batch.tags()
    let record = try batch.run(Batch(steps))
    #expect(try batch.tags() == single.tags(), "seed \(seed)")
    #expect(try batch.log().count == count + (record == nil ? 0 : 1), "seed \(seed)")
    if let record { try batch.run(UndoOperation(record)) }
    #expect(try batch.tags() == before, "seed \(seed)")
    #expect(try batch.problems() == [], "seed \(seed)")
  }

  @Test func `a batch with a step that fails does nothing`() throws {
    let layout = try TestLayout()
    try layout.tag("t", to: "a")
    let bytes = try Files.read(layout.indexPath)
    let now = Timestamp(secondsSinceEpoch: 0)
    let bad = SetTag(
      try ReferenceName(parsing: "x"), to: ImageSource(try TagReference(parsing: "no", now: now)))
    let steps = [
      Batch.Step(place: "line 1", RemoveTag(try ReferenceName(parsing: "t"))),
      Batch.Step(place: "line 2", bad),
    ]
    #expect(throws: BatchError.self) { try layout.run(Batch(steps)) }
    #expect(try Files.read(layout.indexPath) == bytes)
    #expect(try layout.problems() == [])
  }

  @Test func `a moved tag is a conflict that force overrides`() throws {
    let layout = try TestLayout()
    let first = try #require(try layout.tag("t", to: "a"))
    try layout.tag("t", to: "b")
    #expect(throws: JournalError.self) { try layout.run(UndoOperation(first)) }
    #expect(try layout.digest("t") == layout.digest("b"))
    try layout.run(UndoOperation(first, isForced: true))
    #expect(try layout.digest("t") == nil)
    #expect(try layout.problems() == [])
  }

  @Test func `undo takes the caller's own operation`() throws {
    let layout = try TestLayout()
    let mine = try #require(try layout.tag("t", to: "a"))
    layout.userID = 2000
    try layout.tag("u", to: "b")
    layout.userID = 1000
    try layout.changeForeign { $0.replaceEntries(named: "b", with: []) }
    try layout.recover()
    let target = try Reversal.undoTarget(in: layout.history(), userID: 1000).target
    #expect(target.id == mine.id)
  }

  @Test func `undo brings back what only the history has`() throws {
    let layout = try TestLayout { builder in
      let big = try builder.addBlob(
        [UInt8](repeating: 0x20, count: 2 << 20) + Array("{}".utf8), mediaType: .imageConfig)
      let layer = try builder.addBlob(
        Array("sha512".utf8), mediaType: .layerGzip, algorithm: .sha512)
      var remote = try builder.addBlob("far away", mediaType: .layerGzip)
      try Files.remove(builder.path(of: remote.digest))
      remote = try remote.with("urls", ["https://example.com/layer"])
      let manifest = ImageManifest(config: big, layers: [layer, remote])
      let strange = try builder.addBlob(
        manifest.serialized(), mediaType: .imageManifest, algorithm: .sha512)
      let missing = Descriptor(
        mediaType: .imageManifest, digest: Digest.sha256(of: [1]), size: 1)
      let docker = try builder.addImage(["docker"], isDocker: true)
      let list = try builder.addIndex([docker], isDocker: true)
      builder.tag("nested", try builder.addIndex([list, strange], subject: missing))
    }
    let tags = try layout.tags()
    let removed = try #require(
      try layout.run(RemoveTag(ReferenceName(parsing: "nested"))))
    try layout.collectForeign()
    #expect(try layout.names(in: "blobs/sha256") == [])
    try layout.run(UndoOperation(removed))
    #expect(try layout.tags() == tags)
    #expect(try layout.names(in: "blobs/sha512").count == 2)
    #expect(try layout.names(in: "blobs/sha256").count == 6)
  }
}
