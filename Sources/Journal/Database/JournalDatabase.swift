internal import Store

/// The journal's tables: every statement of SQL that is not schema lives in this folder.
///
/// One thread at a time. Nothing here decides anything about index.json.
final class JournalDatabase {
  private let connection: Connection

  /// Opens the database for writing and brings it to the current version.
  init(writing path: String, durability: Durability) throws(JournalError) {
    connection = try Self.mapped { () throws(SQLiteError) in
      try Connection(opening: path, .readWrite)
    }
    try configure(durability)
    try Migrations.run(on: connection)
  }

  /// Opens the database for reading; it and the files beside it stay as they are.
  init(reading path: String) throws(JournalError) {
    connection = try Self.mapped { () throws(SQLiteError) in
      try Connection(opening: path, .readOnly)
    }
    let version = try Migrations.version(of: connection)
    guard version <= Int64(Schema.migrations.count) else {
      throw .newerFormat(
        path: path, found: version, supported: Int64(Schema.migrations.count))
    }
    guard version > 0 else {
      throw .databaseCorrupt(path: path, message: "it has no tables")
    }
  }

  private init(_ connection: consuming Connection) {
    self.connection = connection
  }

  /// Makes an empty database in memory.
  static func makeInMemory() throws(JournalError) -> JournalDatabase {
    let database = JournalDatabase(
      try mapped { () throws(SQLiteError) in try Connection(opening: ":memory:", .readWrite) })
    try Migrations.run(on: database.connection)
    return database
  }

  private func configure(_ durability: Durability) throws(JournalError) {
    // PERSIST needs no folder sync at commit, and readers need no write permission:
    // docs/decisions/0008.
    let synchronous = durability == .full ? "FULL" : "OFF"
    try execute(
      """
      PRAGMA journal_mode = PERSIST; PRAGMA synchronous = \(synchronous);
      PRAGMA journal_size_limit = 1048576; PRAGMA trusted_schema = OFF;
      """)
  }

  /// Runs `body` as one transaction.
  func transaction<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try connection.transaction(mapping: JournalError.init, body)
  }

  func execute(_ sql: String) throws(JournalError) {
    try Self.mapped { () throws(SQLiteError) in try connection.execute(sql) }
  }

  func run(_ sql: String, _ values: SQLValue...) throws(JournalError) {
    try Self.mapped { () throws(SQLiteError) in
      let statement = try connection.prepare(sql)
      try statement.bind(values)
      while try statement.step() {}
    }
  }

  /// Runs one statement for each set of values, compiling it once.
  func runEach(_ sql: String, _ sets: [[SQLValue]]) throws(JournalError) {
    guard !sets.isEmpty else { return }
    try Self.mapped { () throws(SQLiteError) in
      let statement = try connection.prepare(sql)
      for values in sets {
        try statement.bind(values)
        while try statement.step() {}
      }
    }
  }

  func rows<Row>(
    _ sql: String, _ values: SQLValue..., read: (borrowing Statement) -> Row
  ) throws(JournalError) -> [Row] {
    try Self.mapped { () throws(SQLiteError) in
      try connection.rows(sql, values) { (row) throws(SQLiteError) in read(row) }
    }
  }

  func row<Row>(
    _ sql: String, _ values: SQLValue..., read: (borrowing Statement) -> Row
  ) throws(JournalError) -> Row? {
    try Self.mapped { () throws(SQLiteError) in
      let statement = try connection.prepare(sql)
      try statement.bind(values)
      return try statement.step() ? read(statement) : nil
    }
  }

  private static func mapped<Result: ~Copyable>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(JournalError) -> Result {
    do throws(SQLiteError) { return try body() } catch { throw JournalError(error) }
  }
}

/// Facts about the layout and the user's choices.
extension JournalDatabase {
  func meta(_ key: String) throws(JournalError) -> String? {
    try row("SELECT value FROM meta WHERE key = ?", .text(key)) { $0.text(0) } ?? nil
  }

  func setMeta(_ key: String, _ value: String) throws(JournalError) {
    try run("INSERT OR REPLACE INTO meta VALUES (?, ?)", .text(key), .text(value))
  }

  func setting(_ key: String) throws(JournalError) -> String? {
    try row("SELECT value FROM settings WHERE key = ?", .text(key)) { $0.text(0) } ?? nil
  }

  func setSetting(_ key: String, _ value: String?) throws(JournalError) {
    if let value {
      try run("INSERT OR REPLACE INTO settings VALUES (?, ?)", .text(key), .text(value))
    } else {
      try run("DELETE FROM settings WHERE key = ?", .text(key))
    }
  }
}
