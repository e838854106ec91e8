import Store
import TestSupport
import Testing

@testable import Journal

/// Reading a database beside the rollback journal of a writer who died.
@Suite struct RollbackJournalTests {
  /// The files of a database as they are when a writer dies.
  private struct Remains {
    let folder: TemporaryDirectory
    let journal: [UInt8]
    private let database: [UInt8]

    var file: DatabaseFile {
      get throws { try DatabaseFile(at: folder("copy.db")) }
    }

    /// Changes most pages of a database of 40 documents, some of them on disk already, and dies.
    init(_ durability: Durability, byGrowing: Bool) throws {
      folder = try TemporaryDirectory()
      for suffix in ["", "-journal"] { try Files.write("", to: folder("journal.db" + suffix)) }
      let database = try JournalDatabase(
        writing: DatabaseFile(at: folder("journal.db")), durability: durability)
      try database.insertDocuments((0..<40).map(Self.document))
      try database.execute("PRAGMA cache_size = 10; BEGIN IMMEDIATE")
      try database.execute("UPDATE documents SET bytes = zeroblob(9000)")
      try byGrowing
        ? database.insertDocuments((50..<90).map(Self.document))
        : database.execute("DELETE FROM documents")
      self.database = try Files.read(folder("journal.db"))
      journal = try Files.read(folder("journal.db-journal"))
      try database.execute("ROLLBACK")
    }

    private static func document(_ letter: UInt8) -> (Digest, [UInt8]) {
      let bytes = [UInt8](repeating: letter, count: 10_000)
      return (Digest.sha256(of: bytes), bytes)
    }

    func putBack(journal: [UInt8]) throws {
      try Files.write(database, to: folder("copy.db"))
      try Files.write(journal, to: folder("copy.db-journal"))
    }

    /// What is in the database, or that it is damaged.
    func contents(_ database: JournalDatabase) -> [String] {
      do throws(JournalError) {
        if let complaint = try database.integrityComplaints().first { return [complaint] }
        return try database.rows("SELECT digest, bytes FROM documents ORDER BY digest") {
          "\($0.text(0) ?? "") \(Digest.sha256(of: $0.blob(1) ?? []))"
        }
      } catch {
        return ["damaged"]
      }
    }
  }

  @Test(arguments: Durability.allCases, [false, true])
  func `what a dead writer had begun is not read`(durability: Durability, byGrowing: Bool) throws {
    let remains = try Remains(durability, byGrowing: byGrowing)
    try remains.putBack(journal: [])
    #expect(try remains.contents(JournalDatabase(readingUnverified: remains.file)).count != 40)
    try remains.putBack(journal: remains.journal)
    let database = try JournalDatabase(reading: remains.file)
    #expect(remains.contents(database).count == 40)
    #expect(remains.contents(database).allSatisfy { $0.split(separator: " ").count == 2 })
    let unverified = try JournalDatabase(readingUnverified: remains.file)
    #expect(remains.contents(unverified) == remains.contents(database))
    #expect(try Files.read(remains.folder("copy.db-journal")) == remains.journal)
    let seen = remains.contents(database)
    // The next writer puts it back, and the reader that is open goes on.
    let writer = try JournalDatabase(writing: remains.file, durability: .relaxed)
    #expect(remains.contents(writer) == seen)
    #expect(remains.contents(database) == seen)
    try writer.execute("DELETE FROM documents WHERE digest > 'sha256:8'")
    #expect(remains.contents(database) == remains.contents(writer))
  }

  @Test(
    .enabled(if: Requirement.sqlite3.isMet, "sqlite3 is not installed"),
    arguments: Durability.allCases)
  func `of a journal that was cut off or damaged as much counts as for SQLite`(
    durability: Durability
  ) throws {
    let remains = try Remains(durability, byGrowing: true)
    var dice = SplitMix(announcing: TestEffort.seed(for: "journals"))
    for round in 0..<40 {
      var journal = remains.journal
      if round % 2 == 0 {
        journal.removeLast(Int.random(in: 0..<journal.count, using: &dice))
      } else {
        let limit = round % 4 == 1 ? 28 : journal.count
        let bit = UInt8(1) << Int.random(in: 0..<8, using: &dice)
        journal[Int.random(in: 0..<limit, using: &dice)] ^= bit
      }
      try remains.putBack(journal: journal)
      let seen = remains.contents(try JournalDatabase(readingUnverified: remains.file))
      // Plays it back, and does not look at checksums either.
      _ = try ExternalCommand.run(
        ["sqlite3", remains.folder("copy.db"), "SELECT count(*) FROM sqlite_master"])
      let known = remains.contents(try JournalDatabase(readingUnverified: remains.file))
      #expect(seen == known, "round \(round)")
    }
  }
}
