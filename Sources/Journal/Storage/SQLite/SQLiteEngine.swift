internal import Store

/// SQLite under the rows of the journal.
final class SQLiteEngine: SQLEngine {
  /// How much memory SQLite may use for pages, in KiB: a transaction whose pages fit syncs its rollback
  /// journal once, and garbage collections change thousands.
  private static let cacheKibibytes = 16384

  let name: String
  private let connection: Connection

  /// Opens a database that exists.
  init(opening file: DatabaseFile, _ access: Connection.Access) throws(JournalError) {
    name = file.name
    connection = try Self.mapped { () throws(SQLiteError) in
      try Connection(opening: file, access)
    }
  }

  /// Makes a database in memory.
  ///
  /// - Parameter version: Of its tables; nil for the current one.
  init(inMemory version: Int64?) throws(JournalError) {
    name = DatabaseFile.usualName
    connection = try Self.mapped { () throws(SQLiteError) in try Connection(inMemory: ()) }
    let steps = Schema.migrations.prefix(version.map { max(0, Int(clamping: $0)) } ?? .max)
    try Migrations.run(Array(steps), on: connection)
  }

  /// Brings it to the current version, and makes its commits as durable as that.
  func prepareForWriting(_ durability: Durability) throws(JournalError) {
    // PERSIST needs no folder sync at commit, and readers need no write permission:
    // docs/decisions/0008.
    let synchronous = durability == .full ? "FULL" : "OFF"
    try execute(
      """
      PRAGMA page_size = \(PageChecksum.pageSize); PRAGMA journal_mode = PERSIST; PRAGMA synchronous = \(synchronous);
      PRAGMA journal_size_limit = 1048576; PRAGMA trusted_schema = OFF;
      PRAGMA cache_size = -\(Self.cacheKibibytes);
      """)
    try Migrations.run(on: connection)
  }

  func execute(_ script: String) throws(JournalError) {
    try Self.mapped { () throws(SQLiteError) in try connection.execute(script) }
  }

  func run(_ sql: String, each sets: [[SQLValue]]) throws(JournalError) {
    try Self.mapped { () throws(SQLiteError) in
      let statement = try connection.prepare(sql)
      for values in sets {
        try statement.bind(values)
        while try statement.step() {}
      }
    }
  }

  func query(
    _ sql: String, _ values: [SQLValue], _ body: (any SQLRow) throws(JournalError) -> Bool
  ) throws(JournalError) {
    let statement = try Self.mapped { () throws(SQLiteError) in
      let statement = try connection.prepare(sql)
      try statement.bind(values)
      return statement
    }
    while true {
      let isRow: Bool
      do throws(SQLiteError) { isRow = try statement.step() } catch { throw JournalError(error) }
      guard isRow, try body(statement) else { return }
    }
  }

  func transaction<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try connection.transaction(mapping: JournalError.init, body)
  }

  func reading<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try connection.reading(mapping: JournalError.init, body)
  }

  func setWait(_ milliseconds: Int64) { connection.wait.set(milliseconds: milliseconds) }

  func schemaVersion() throws(JournalError) -> Int64 { try Migrations.version(of: connection) }

  /// Looks at every page and index; sqlite.org/pragma.html#pragma_integrity_check.
  func integrityComplaints() throws(JournalError) -> [String] {
    try Self.mapped { () throws(SQLiteError) in
      try connection.rows("PRAGMA integrity_check(10)") { (row) throws(SQLiteError) in
        row.text(0) ?? "no answer"
      }
    }.filter { $0 != "ok" }
  }

  func strangeTables() throws(JournalError) -> [String] {
    let expected = try SQLiteEngine(inMemory: schemaVersion()).definitions()
    return try Set(definitions()).symmetricDifference(expected).sorted()
  }

  private func definitions() throws(JournalError) -> [String] {
    try Self.mapped { () throws(SQLiteError) in
      try connection.rows("SELECT type, name, coalesce(sql, '') FROM sqlite_schema") {
        (row) throws(SQLiteError) in
        [row.text(0), row.text(1), row.text(2)].map { $0 ?? "" }.joined(separator: " ")
      }
    }
  }

  private static func mapped<Result: ~Copyable>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(JournalError) -> Result {
    do throws(SQLiteError) { return try body() } catch { throw JournalError(error) }
  }
}
