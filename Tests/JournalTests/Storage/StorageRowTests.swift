import Store
import TestSupport
import Testing

@testable import Journal

/// What every storage promises about rows: transactions, migrations, and being made again from the records.
@Suite struct StorageRowTests {
  @Test(arguments: TestedStorage.allCases)
  func `a value comes back as it was`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    let database = try rig.open(rig.storage)
    let digest = Digest.sha256(of: [])
    let contents: [[UInt8]] = [[], [0, 255, 10], Array("ä".utf8)]
    for content in contents {
      try database.execute("DELETE FROM documents")
      try database.insertDocuments([(digest, content)])
      let stored = try database.rows("SELECT bytes FROM documents") { $0.blob(0) }
      #expect(stored == [content])
    }
    for text in ["", "ä'\"?;--", String(repeating: "x", count: 100_000)] {
      try database.setMeta("key", text)
      #expect(try database.meta("key") == text)
    }
    #expect(try database.meta("none") == nil)
    for number in [0, -1, Int64.max, .min] {
      try database.insertSnapshot([], sequence: number, foreign: false)
      #expect(try database.snapshotSequences().contains(number))
    }
  }

  @Test(arguments: TestedStorage.allCases)
  func `all of a transaction is there, or nothing`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    let database = try rig.open(rig.storage)
    try database.transaction { () throws(JournalError) in
      try database.setMeta("one", "1")
      try database.setMeta("two", "2")
    }
    #expect(throws: JournalError.self) {
      try database.transaction { () throws(JournalError) in
        try database.setMeta("one", "changed")
        throw .noHistory(path: "")
      }
    }
    let other = try rig.another().openForChecking()
    #expect(try other.meta("one") == "1" && other.meta("two") == "2")
    try database.transaction { () throws(JournalError) in try database.setMeta("one", "3") }
    #expect(try other.meta("one") == "3")
  }

  @Test(arguments: TestedStorage.allCases)
  func `what is read together is of one moment`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    let database = try rig.open(rig.storage)
    try database.setMeta("key", "before")
    let reader = try rig.another().openForChecking()
    try reader.reading { () throws(JournalError) in
      #expect(try reader.meta("key") == "before")
      database.setWait(0)
      try? database.transaction { () throws(JournalError) in
        try database.setMeta("key", "after")
      }
      #expect(try reader.meta("key") == "before")
    }
  }

  @Test(arguments: TestedStorage.allCases, 1..<SchemaVersion.current)
  func `tables of every version become those of today`(
    _ kind: TestedStorage, _ version: Int64
  ) throws {
    let rig = try StorageRig(kind)
    try kind.makeTables(ofVersion: version, for: rig)
    let old = try rig.another().openForChecking()
    #expect(try old.schemaVersion() == version)
    #expect(try old.leases().isEmpty && old.refreshes().isEmpty)
    #expect(try old.head() == nil && old.strangeTables() == [])
    let database = try rig.open(rig.storage)
    #expect(try database.schemaVersion() == SchemaVersion.current)
    #expect(try database.strangeTables() == [] && database.integrityComplaints() == [])
  }

  @Test(arguments: TestedStorage.allCases)
  func `an insert that replaces, and one that does not`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    let database = try rig.open(rig.storage)
    let digest = Digest.sha256(of: [1])
    try database.insertDocuments([(digest, [1]), (digest, [2])])
    #expect(try database.document(digest) == [1])
    try database.insertPins([digest, digest])
    #expect(try database.isPinned(digest))
    for value in ["1", "2"] { try database.setSetting("undo-days", value) }
    #expect(try database.allSettings() == ["undo-days": "2"])
    let id = OperationID(randomBytes: [UInt8](repeating: 7, count: 8))
    try database.insertRelocations(of: id)
    try database.insertRelocations(of: id)
    #expect(try database.unfinishedRelocations() == [id])
  }

  @Test(arguments: TestedStorage.allCases, [false, true])
  func `rows that are gone or damaged are made again from the records`(
    _ kind: TestedStorage, isDamaged: Bool
  ) throws {
    let rig = try StorageRig(kind)
    try rig.tag("b")
    try rig.tag("c")
    let before = try #require(try rig.another().openForReading()?.head())
    if isDamaged { try kind.damageRows(of: rig) } else { try kind.loseRows(of: rig) }
    let reader = try #require(try rig.another().openForReading())
    #expect(reader.substitutionReason != nil)
    #expect(try reader.head()?.hash == before.hash)
    #expect(throws: JournalError.self) { try rig.another().openForChecking().head() }
    let database = try rig.open(rig.storage)
    #expect(!rig.storage.notes.isEmpty)
    #expect(try database.head()?.hash == before.hash)
    try database.checkRecords()
    let again = try rig.another()
    #expect(try rig.open(again, checkingAll: true).head()?.hash == before.hash)
    #expect(again.notes == [])
    #expect(try again.openForReading()?.substitutionReason == nil)
    // The journal goes on from there.
    try rig.tag("d")
    #expect(try again.openForReading()?.head()?.sequence == before.sequence + 1)
  }

  @Test(arguments: TestedStorage.allCases)
  func `rows that are marked corrupt are made again, once`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    try rig.tag("b")
    let database = try rig.open(rig.storage)
    let head = try database.head()
    #expect(try rig.open(rig.storage) === database)
    #expect(try !rig.storage.markCorrupt(.noHistory(path: "")))
    let damage = JournalError.databaseCorrupt(path: rig.storage.name, message: "a test says so")
    #expect(try rig.storage.markCorrupt(damage))
    let made = try rig.open(rig.storage)
    #expect(made !== database && rig.storage.rows === made)
    #expect(try made.head()?.hash == head?.hash)
    #expect(rig.storage.notes.contains { $0.description.contains("a test says so") })
    #expect(try !rig.storage.markCorrupt(damage))
  }

  @Test(arguments: TestedStorage.allCases)
  func `rows of an older backup learn what the records know`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    try rig.tag("b")
    let head = try #require(try rig.another().openForReading()?.head())
    let entries = try RecordFolder(folder: rig.control.records).chain(after: 0, hash: nil)
    let backup = try ControlFolder.emptyRows()
    try RecordImport(Array(entries.dropLast()), of: rig.layout).insert(into: backup)
    #expect(try backup.lastSequence() == head.sequence - 1)
    #expect(try RecordImport.catchUp(backup, rig.session) == 1)
    #expect(try backup.head()?.hash == head.hash)
    #expect(try RecordImport.catchUp(backup, rig.session) == 0)
    try backup.checkRecords()
  }

  @Test(arguments: TestedStorage.allCases)
  func `a layout without operations has no history`(_ kind: TestedStorage) throws {
    let rig = try StorageRig(kind)
    #expect(try rig.storage.openForReading() == nil)
    _ = try rig.open(rig.storage)
    #expect(try rig.another().openForReading() == nil)
    #expect(rig.storage.notes == [])
  }
}
