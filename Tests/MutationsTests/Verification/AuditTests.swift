import Journal
import Mutations
import Store
import TestSupport
import Testing

/// Records that were changed, dropped, added or reordered: the first break is named.
@Suite(.enabled(if: Requirement.sqlite3.isMet)) struct AuditTests {
  private let layout: TestLayout

  init() throws {
    layout = try TestLayout()
    for (tag, source) in [("t", "a"), ("u", "b"), ("t", "b"), ("v", "a"), ("w", "b")] {
      try layout.tag(tag, to: source)
    }
  }

  private var operations: String { layout.path + "/.ocitx/ops/" }

  private func name(_ sequence: Int) throws -> String {
    let prefix = String(repeating: "0", count: 11) + "\(sequence)-"
    return try #require(try Files.names(in: operations).first { $0.hasPrefix(prefix) })
  }

  /// The first break as `code subject`.
  private func firstBreak(head: String? = nil) throws -> String? {
    try layout.audit(head: head).firstBreak.map { "\($0.code) \($0.subject)" }
  }

  /// Writes a record anew everywhere, with its hash, as somebody would who knows how.
  private func forge(_ sequence: Int, _ change: (String) -> String) throws {
    let file = operations + (try name(sequence))
    let record = change(String(decoding: try Files.read(file).dropLast(), as: UTF8.self))
    try Files.write(record + "\n", to: file)
    let hash = Digest.sha256(of: Array(record.utf8))
    let text = record.split(separator: "'").joined(separator: "''")
    try layout.sql(
      """
      UPDATE operations SET record = CAST('\(text)' AS BLOB), hash = '\(hash)',
        stamp = rtrim(stamp, '0123456789abcdef') || '\(hash.encoded.prefix(16))'
      WHERE seq = \(sequence)
      """)
  }

  private func renamed(_ text: String) -> String {
    text.split(separator: "tester").joined(separator: "nobody")
  }

  @Test func `a whole history has a head that it can be held against`() throws {
    let audit = try layout.audit()
    #expect(audit.findings == [])
    #expect(audit.recordCount == 6)
    let head = try #require(audit.head)
    #expect(head.sequence == 6)
    #expect(try layout.audit(head: head.hash.encoded).findings == [])
    #expect(try layout.audit(head: String(head.hash.encoded.prefix(16))).findings == [])
    let stamp = try layout.open().readIndex().index.annotation(CommitMarker.key)
    #expect(try layout.audit(head: stamp).findings == [])
    try layout.tag("later", to: "a")
    #expect(try layout.audit(head: head.hash.encoded).findings == [])
    #expect(
      try firstBreak(head: String(repeating: "0", count: 64))?.hasPrefix("head-unknown") == true)
  }

  @Test(arguments: [1, 3, 6])
  func `a record that is changed in the database is named`(sequence: Int) throws {
    try layout.sql(
      """
      UPDATE operations SET record = CAST(replace(record, 'tester', 'nobody') AS BLOB)
      WHERE seq = \(sequence)
      """)
    #expect(try firstBreak() == "record-changed operation \(sequence)")
  }

  @Test(arguments: [1, 3, 6])
  func `a record that is changed in its file is named`(sequence: Int) throws {
    let file = operations + (try name(sequence))
    try Files.write(renamed(String(decoding: try Files.read(file), as: UTF8.self)), to: file)
    #expect(try firstBreak() == "record-file-changed ops/\(name(sequence))")
  }

  @Test func `a record that is changed everywhere breaks the chain after it`() throws {
    try forge(3, renamed)
    #expect(try firstBreak() == "record-chain operation 4")
  }

  @Test func `the last record is vouched for by the stamp`() throws {
    try forge(6, renamed)
    #expect(try firstBreak() == "stamp-mismatch index.json")
  }

  @Test(arguments: [1, 3])
  func `a record that is dropped from the database is named`(sequence: Int) throws {
    try layout.sql("DELETE FROM operations WHERE seq = \(sequence)")
    #expect(try firstBreak() == "record-missing operation \(sequence)")
  }

  @Test(arguments: [1, 3, 6])
  func `a record that is dropped from the folder is named`(sequence: Int) throws {
    let name = try name(sequence)
    try Files.remove(operations + name)
    #expect(try firstBreak() == "record-file-missing ops/\(name)")
  }

  @Test func `a tail that is cut off is told by the stamp`() throws {
    let last = try name(6)
    try layout.finalisedSQL("DELETE FROM edits WHERE seq = 6; DELETE FROM operations WHERE seq = 6")
    try Files.remove(operations + last)
    #expect(try firstBreak() == "stamp-unknown index.json")
  }

  @Test func `a tail that is cut off with its index is told by a head kept elsewhere`() throws {
    let head = try #require(try layout.audit().head).hash.encoded
    let displaced = try Files.names(in: layout.path + "/.ocitx/displaced")
    let old = try #require(displaced.first { $0.hasPrefix("000000000006-") })
    let index = try Files.read(layout.path + "/.ocitx/displaced/" + old)
    try Files.remove(operations + name(6))
    try layout.finalisedSQL("DELETE FROM edits WHERE seq = 6; DELETE FROM operations WHERE seq = 6")
    try Files.write(index, to: layout.path + "/index.json")
    #expect(try layout.audit().findings == [])
    #expect(try firstBreak(head: head) == "head-unknown \(head)")
  }

  @Test func `a record that is added is named`() throws {
    let text = String(decoding: try Files.read(operations + name(3)), as: UTF8.self)
    try Files.write(text, to: operations + "000000000003-kkkkkkkkkkkkkkkk.json")
    #expect(
      try firstBreak() == "record-stray ops/000000000003-kkkkkkkkkkkkkkkk.json")
    try Files.remove(operations + "000000000003-kkkkkkkkkkkkkkkk.json")
    try layout.sql(
      """
      INSERT INTO operations SELECT 'kkkkkkkkkkkkkkkk', 7, state, kind, uid, started, record, hash,
        index_before, index_after, stamp, reason FROM operations WHERE seq = 3
      """)
    #expect(
      try firstBreak() == "record-changed operation 7" || firstBreak() == "record-chain operation 7"
    )
  }

  @Test func `records that change places are named`() throws {
    try layout.sql(
      """
      UPDATE operations SET seq = 99 WHERE seq = 3; UPDATE operations SET seq = 3 WHERE seq = 4;
      UPDATE operations SET seq = 4 WHERE seq = 99
      """)
    #expect(try firstBreak()?.hasSuffix("operation 3") == true)
  }

  @Test func `files that change places are named`() throws {
    let (third, fourth) = (try name(3), try name(4))
    let bytes = try Files.read(operations + third)
    try Files.write(try Files.read(operations + fourth), to: operations + third)
    try Files.write(bytes, to: operations + fourth)
    #expect(try firstBreak() == "record-file-changed ops/\(third)")
  }

  @Test(arguments: [
    ("UPDATE operations SET kind = 'undo' WHERE seq = 3", "record-row operation 3"),
    ("UPDATE operations SET uid = 0 WHERE seq = 3", "record-row operation 3"),
    (
      "UPDATE operations SET started = '2001-01-01T00:00:00Z' WHERE seq = 3",
      "record-row operation 3"
    ),
    ("UPDATE edits SET after = before WHERE seq = 3", "record-row operation 3"),
    ("DELETE FROM edits WHERE seq = 3", "record-row operation 3"),
    (
      "INSERT INTO edits SELECT 3, 9, key, before, after FROM edits WHERE seq = 4",
      "record-row operation 3"
    ),
    ("INSERT INTO edits SELECT 77, 0, key, before, after FROM edits WHERE seq = 4", nil),
    ("UPDATE operations SET seq = 'x' WHERE seq = 3", "record-missing operation 3"),
    ("UPDATE operations SET record = NULL WHERE seq = 3", "record-changed operation 3"),
    ("DROP TABLE operations", "journal-database .ocitx/journal.db"),
    ("DELETE FROM operations", "journal-database .ocitx/journal.db"),
  ])
  func `a database that contradicts its records is named`(sql: String, expected: String?) throws {
    try layout.sql(sql)
    if let expected { #expect(try firstBreak() == expected) }
    #expect(try !layout.verify().isSound)
  }

  @Test func `without a database the files are followed alone`() throws {
    try Files.write("nonsense", to: layout.path + "/.ocitx/journal.db")
    let audit = try layout.audit()
    #expect(audit.fallbackReason != nil)
    #expect(audit.recordCount == 6)
    #expect(audit.findings.map(\.code) == [.journalDatabase])
    try Files.remove(operations + name(4))
    #expect(try layout.audit().findings.map(\.code) == [.recordMissing, .journalDatabase])
  }

  @Test func `an export can be checked from its lines alone and is filtered`() throws {
    let history = try layout.history()
    var previous: String?
    var count = 0
    try history.export(ExportFilter()) { hash, bytes in
      let json = try JSONDocument(parsing: bytes, limits: .index, named: "line").root
      #expect(Digest.sha256(of: bytes) == hash)
      #expect(json.objectValue?["prev"]?.stringValue == previous)
      previous = hash.description
      count += 1
    }
    #expect(count == 6)
    func exported(_ change: (inout ExportFilter) -> Void) throws -> Int {
      var filter = ExportFilter()
      change(&filter)
      var count = 0
      try history.export(filter) { _, _ in count += 1 }
      return count
    }
    #expect(try exported { $0.tags = ["t"] } == 2)
    #expect(try exported { $0.tags = ["t", "v"] } == 3)
    #expect(try exported { $0.kinds = ["adopt"] } == 1)
    #expect(try exported { $0.users = ["tester"] } == 6)
    #expect(try exported { $0.users = ["1000"] } == 6)
    #expect(try exported { $0.users = ["nobody"] } == 0)
    #expect(try exported { $0.since = Timestamp(secondsSinceEpoch: 4_000_000_000) } == 0)
  }

  @Test func `an export ends at the first record that cannot be trusted`() throws {
    try layout.finalisedSQL("DELETE FROM operations WHERE seq = 3")
    var count = 0
    #expect(throws: JournalError.self) {
      try layout.history().export(ExportFilter()) { _, _ in count += 1 }
    }
    #expect(count == 2)
  }
}
