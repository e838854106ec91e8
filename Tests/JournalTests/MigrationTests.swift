import Store
import TestSupport
import Testing

@testable import Journal

@Suite struct MigrationTests {
  private static let version2 = "ALTER TABLE meta ADD COLUMN note TEXT"

  private func makeConnection(_ folder: TemporaryDirectory) throws -> Connection {
    let path = folder("journal.db")
    if !Files.exists(path) { try Files.write("", to: path) }
    return try Connection(opening: DatabaseFile(at: path), .readWrite)
  }

  @Test func `a database of version 1 becomes one of version 2 and keeps its rows`() throws {
    let folder = try TemporaryDirectory()
    let connection = try makeConnection(folder)
    try Migrations.run(on: connection)
    try connection.execute("INSERT INTO meta VALUES ('k', 'v')")
    try Migrations.run(Schema.migrations + [Self.version2], on: connection)
    #expect(try Migrations.version(of: connection) == SchemaVersion.current + 1)
    let value = try connection.row("SELECT value, note FROM meta") { $0.text(0) } ?? nil
    #expect(value == "v")
    #expect(throws: JournalError.self) { try Migrations.run(on: connection) }
  }

  @Test func `a step that fails leaves the version before it`() throws {
    let folder = try TemporaryDirectory()
    let connection = try makeConnection(folder)
    try Migrations.run(on: connection)
    #expect(throws: JournalError.self) {
      try Migrations.run(
        Schema.migrations + ["CREATE TABLE extra (x); nonsense"], on: connection)
    }
    #expect(try Migrations.version(of: connection) == SchemaVersion.current)
    let count = try connection.row(
      "SELECT count(*) FROM sqlite_master WHERE name = 'extra'"
    ) { $0.integer(0) }
    #expect(count == 0)
  }

  @Test func `leases of version 3 are kept, and nothing is known of their places`() throws {
    let database = try JournalDatabase.makeInMemory(version: 3)
    let digest = "sha256:" + String(repeating: "a", count: 64)
    let manifest = "{\"mediaType\":\"x\",\"digest\":\"\(digest)\",\"size\":1}"
    for bundle in ["/a", "/b"] {
      try database.execute(
        """
        INSERT INTO leases VALUES ('\(bundle)', CAST('\(manifest)' AS BLOB), 'klmnopqrstuvwxyz',
          '2026-01-01T00:00:00Z', 'anna', 'host')
        """)
    }
    let before = try database.leases()
    try database.execute(Schema.migrations[3])
    try database.execute("PRAGMA user_version = 4")
    #expect(try database.leases() == before)
    #expect(before.map(\.bundle) == ["/a", "/b"] && before.allSatisfy { $0.place == nil })
  }

  @Test func `the schema says how many steps it has`() {
    #expect(SchemaVersion.current == Int64(Schema.migrations.count))
  }
}
