import Mutations
import Store
import TestSupport
import Testing

@testable import Journal

/// Rows that no record vouches for: wrong ones are found, mended, and cannot make gc lose anything.
@Suite struct RememberedRowsTests {
  private let layout: TestLayout
  private let image: Descriptor

  init() throws {
    layout = try TestLayout()
    try layout.tag("t", to: "a")
    image = try layout.descriptor("a")
  }

  /// Makes the database believe that the manifest of `a` refers to its config alone.
  private func hideLayers() throws {
    try layout.finalisedSQL(
      "UPDATE children SET refs = substr(refs, 1, 81) WHERE digest = '\(image.digest)'")
    let database = try JournalDatabase(
      reading: DatabaseFile(at: layout.path + "/.ocitx/journal.db"))
    #expect(try database.references(in: BlobReference(image))?.count == 1)
  }

  private func findings() throws -> [String] {
    try layout.verify().findings.map { "\($0.code) \($0.subject)" }
  }

  @Test func `remembered references that omit a layer are named and found out again`() throws {
    #expect(try findings() == [])
    try hideLayers()
    #expect(try findings() == ["references-changed \(image.digest)"])
    let outcome = try layout.repair()
    #expect(outcome.verification.findings == [])
    #expect(outcome.notes == ["what \(image.digest) refers to was found out again"])
    let database = try JournalDatabase(
      reading: DatabaseFile(at: layout.path + "/.ocitx/journal.db"))
    #expect(try database.references(in: BlobReference(image))?.count == 3)
  }

  @Test func `a stamp in the row of an operation that published nothing is put right`() throws {
    let first = try #require(try layout.log().last)
    #expect(!first.kind.publishes)
    try layout.finalisedSQL("UPDATE operations SET stamp = 'another' WHERE seq = 1")
    #expect(try findings() == ["record-row operation 1"])
    #expect(try layout.repair().verification.findings == [])
  }

  @Test(arguments: [
    ("UPDATE children SET refs = x'00'", "references-changed"),
    ("UPDATE children SET role = 9", "references-changed"),
    ("INSERT INTO children VALUES ('no digest', 3, x'')", "references-changed"),
    ("UPDATE children SET digest = 'zz' || digest", "references-changed"),
    ("INSERT INTO moves VALUES ('nonsense')", "database-row"),
    ("INSERT INTO moves VALUES ('kkkkkkkkkkkkkkkk')", "database-row"),
    ("INSERT INTO moves SELECT id FROM operations WHERE kind = 'tag'", "database-row"),
    ("INSERT INTO abandoned VALUES ('nonsense')", "database-row"),
    (
      "INSERT INTO refreshes SELECT id, '/b', x'7b7d', '', '', '' FROM operations LIMIT 1",
      "database-row"
    ),
    ("DELETE FROM meta WHERE key = 'store_id'", "journal-store"),
  ])
  func `rows that this program never writes are found and mended`(
    sql: String, code: String
  ) throws {
    try layout.finalisedSQL(sql)
    #expect(Set(try layout.damage()) == [code])
    #expect(try layout.repair().verification.findings == [])
    #expect(try layout.problems() == [])
  }

  @Test(arguments: [
    ("UPDATE operations SET state = 'prepared' WHERE seq = 1", "record-row operation 1"),
    ("UPDATE operations SET reason = 'because' WHERE seq = 1", "record-row operation 1"),
    (
      """
      INSERT INTO operations SELECT 'kkkkkkkkkkkkkkkk', NULL, 'rolled-back', kind, uid, started,
        record, hash, index_before, index_after, stamp, 'x' FROM operations WHERE seq = 2
      """, "record-row operation kkkkkkkkkkkkkkkk"
    ),
  ])
  func `rows of operations that contradict the history are found and mended`(
    sql: String, finding: String
  ) throws {
    try layout.finalisedSQL(sql)
    #expect(try findings() == [finding])
    #expect(try layout.repair().verification.findings == [])
  }

  @Test func `tables of another version than the file says are damage`() throws {
    try layout.finalisedSQL("PRAGMA user_version = 2")
    #expect(try layout.damage() == ["journal-database"])
  }

  /// Whoever put the wrong row there: the last copy of what an entry needs is never deleted.
  @Test func `gc deletes nothing for good that a document still refers to`() throws {
    let content = try layout.content(of: image)
    try layout.forgetHistory()
    try hideLayers()
    let report = try layout.collect()
    let withdrawn = Set(report.plan.withdrawn.map(\.digest))
    try #require(!withdrawn.isDisjoint(with: content), "the wrong row has no effect any more")
    let expired = try layout.collect(trashAge: 0)
    #expect(expired.expiry != nil)
    #expect(content.allSatisfy(layout.blobExists))
    #expect(try layout.verify().findings == [])
    #expect(try layout.problems() == [])
  }
}
