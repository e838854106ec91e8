import Store
import TestSupport
import Testing

@testable import Journal

/// What gc asks the history: how far back it has to be kept, and who needed a blob last.
@Suite struct WindowAndMentionTests {
  private let database: JournalDatabase

  init() throws { database = try JournalDatabase.makeInMemory() }

  /// Adds operations, one a day from the second day of 1970 on, each with its edits.
  private func add(_ edits: [[TagEdit]]) throws {
    for (number, edits) in edits.enumerated() {
      let sequence = Int64(number + 1)
      let digits = Array("kl")
      let id = (0..<16).map { String(digits[number >> $0 & 1]) }.joined()
      let digest = Digest.sha256(of: [UInt8(number)]).description
      try database.run(
        """
        INSERT INTO operations (id, seq, state, kind, uid, started, hash, index_after)
          VALUES (?, ?, 'committed', 'tag', 0, ?, ?, ?)
        """, .text(id), .integer(sequence),
        .text(Timestamp(secondsSinceEpoch: sequence * 86400).description), .text(digest),
        .text(digest))
      for (ordinal, edit) in edits.enumerated() {
        try database.run(
          "INSERT INTO edits VALUES (?, ?, ?, ?, ?)", .integer(sequence),
          .integer(Int64(ordinal)), .text(JournalDatabase.text(edit.key)), .blob(json(edit.before)),
          .blob(json(edit.after)))
      }
    }
  }

  private func json(_ descriptors: [Descriptor]) -> [UInt8] {
    JSONValue(descriptors.map { .object($0.json) }).serialized()
  }

  /// On the day after the twentieth operation.
  private static let now = Timestamp(secondsSinceEpoch: 21 * 86400)

  @Test(arguments: [
    // Whichever reaches further: days before now, or operations before the last.
    (days: "3", operations: "2", base: Int64(17)), ("3", "10", 10), ("0", "5", 15),
    ("0", "0", 20), ("1000", "0", 0), ("0", "1000", 0), ("1000000", "1000000", 0),
    // What no setting can be counts as unset: 30 days or 200 operations.
    ("9223372036854775807", "0", 0), ("-1", "0", 0), ("0", "x", 0),
  ])
  func `the undo window begins where days or operations say`(
    days: String, operations: String, base: Int64
  ) throws {
    try add(Array(repeating: [], count: 20))
    try database.setSetting("undo-days", days)
    try database.setSetting("undo-operations", operations)
    let window = try UndoWindow(database)
    #expect(try window.base(database, head: 20, now: Self.now) == base)
  }

  @Test func `a blob was needed last by the newest operation whose tags led to it`() throws {
    let folder = try TemporaryDirectory()
    let builder = try LayoutBuilder(at: folder("L"))
    let shared = try builder.addBlob("shared", mediaType: .layer)
    func image(_ text: String) throws -> Descriptor {
      let own = try builder.addBlob(text, mediaType: .layer)
      let manifest = ImageManifest(config: own, layers: [shared])
      return try builder.addBlob(manifest.serialized(), mediaType: .imageManifest)
    }
    let (old, new) = (try image("old"), try image("new"))
    let nested = try builder.addIndex([old])
    let layout = try builder.finish()
    let key = EntryKey.name("t")
    try add([
      [TagEdit(key: key, before: [], after: [nested])],
      [TagEdit(key: key, before: [nested], after: [new])],
      [TagEdit(key: key, before: [new], after: [])],
    ])
    let memory = ReferenceCache(ContentFinder(layout, nil, database))
    let never = Digest.sha256(of: Array("never".utf8))
    let digests = [nested.digest, old.digest, new.digest, shared.digest, never]
    let items = digests.map { CollectionPlan.Item(digest: $0, size: 1, reason: .outsideWindow) }
    let found = try LastMention(database, memory).told(items).map(\.lastOperation)
    #expect(found == [1, 1, 2, 2, nil])
  }
}
