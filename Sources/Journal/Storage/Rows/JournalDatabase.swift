internal import Store

/// The journal's tables: every statement of SQL that is not schema lives in this folder.
///
/// One thread at a time. Nothing here decides anything about index.json.
final class JournalDatabase {
  private let connection: Connection
  /// Makes what is read instead once the file turns out to be damaged; nil: damage is an error.
  private let makeSubstitute: (() throws(JournalError) -> JournalDatabase?)?
  private var substitute: JournalDatabase?
  /// Why something else is read instead of the file; nil while the file is good.
  private(set) var substitutionReason: String?

  /// Opens the database for writing and brings it to the current version.
  ///
  /// - Parameter wait: How long its calls wait for other processes, in milliseconds, all together.
  init(
    writing file: DatabaseFile, durability: Durability, wait: Int64 = Connection.readersWait
  ) throws(JournalError) {
    connection = try Self.mapped { () throws(SQLiteError) in
      try Connection(opening: file, .readWrite)
    }
    makeSubstitute = nil
    connection.wait.set(milliseconds: wait)
    try configure(durability)
    try Migrations.run(on: connection)
  }

  /// Opens the database for reading; it and the files beside it stay as they are.
  ///
  /// - Parameter substitute: Makes a database that stands in from the first damaged page on.
  init(
    reading file: DatabaseFile,
    orElse substitute: (() throws(JournalError) -> JournalDatabase?)? = nil
  ) throws(JournalError) {
    connection = try Self.mapped { () throws(SQLiteError) in
      try Connection(opening: file, .readOnly)
    }
    makeSubstitute = substitute
    let version = try Migrations.version(of: connection)
    guard version <= Int64(Schema.migrations.count) else {
      throw .newerFormat(
        path: file.path, found: version, supported: Int64(Schema.migrations.count))
    }
    guard version > 0 else {
      throw .databaseCorrupt(path: file.path, message: "it has no tables")
    }
  }

  /// Opens a database of which some pages are damaged, and believes none of them.
  init(readingUnverified file: DatabaseFile) throws(JournalError) {
    connection = try Self.mapped { () throws(SQLiteError) in
      try Connection(opening: file, .readUnverified)
    }
    makeSubstitute = nil
  }

  private init(_ connection: consuming Connection) {
    self.connection = connection
    makeSubstitute = nil
  }

  /// Makes an empty database in memory.
  ///
  /// - Parameter reason: Why it stands in for a file, if it does.
  /// - Parameter version: Of its tables; nil for the current one.
  static func makeInMemory(
    reason: String? = nil, version: Int64? = nil
  ) throws(JournalError) -> JournalDatabase {
    let database = JournalDatabase(
      try mapped { () throws(SQLiteError) in try Connection(inMemory: ()) })
    let steps = Schema.migrations.prefix(version.map { max(0, Int(clamping: $0)) } ?? .max)
    try Migrations.run(Array(steps), on: database.connection)
    database.substitutionReason = reason
    return database
  }

  /// Whether a file is there and has no tables yet: they are made in one transaction.
  static func isUnmade(_ file: DatabaseFile) -> Bool {
    guard let connection = try? Connection(opening: file, .readOnly),
      let version = try? Migrations.version(of: connection)
    else { return false }
    return version == 0
  }

  /// How much memory SQLite may use for pages, in KiB: a transaction whose pages fit syncs its rollback
  /// journal once, and garbage collections change thousands.
  private static let cacheKibibytes = 16384

  /// The version of the tables, as the file says.
  func schemaVersion() throws(JournalError) -> Int64 {
    try row("PRAGMA user_version") { $0.integer(0) } ?? 0
  }

  private func configure(_ durability: Durability) throws(JournalError) {
    // PERSIST needs no folder sync at commit, and readers need no write permission:
    // docs/decisions/0008.
    let synchronous = durability == .full ? "FULL" : "OFF"
    try execute(
      """
      PRAGMA page_size = \(PageChecksum.pageSize); PRAGMA journal_mode = PERSIST; PRAGMA synchronous = \(synchronous);
      PRAGMA journal_size_limit = 1048576; PRAGMA trusted_schema = OFF;
      PRAGMA cache_size = -\(Self.cacheKibibytes);
      """)
  }

  /// Sets how long calls wait for other processes from now on, in milliseconds, all together.
  func setWait(_ milliseconds: Int64) { connection.wait.set(milliseconds: milliseconds) }

  /// Runs `body` as one transaction.
  func transaction<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try connection.transaction(mapping: JournalError.init, body)
  }

  /// Runs `body` with all that it reads being of one moment; many queries are much faster that way.
  func reading<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try connection.reading(mapping: JournalError.init, body)
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
    if let substitute { return try substitute.rows(sql, list: values, read: read) }
    return try rows(sql, list: values, read: read)
  }

  private func rows<Row>(
    _ sql: String, list values: [SQLValue], read: (borrowing Statement) -> Row
  ) throws(JournalError) -> [Row] {
    do throws(SQLiteError) {
      return try connection.rows(sql, values) { (row) throws(SQLiteError) in read(row) }
    } catch {
      return try replace(after: error).rows(sql, list: values, read: read)
    }
  }

  func row<Row>(
    _ sql: String, _ values: SQLValue..., read: (borrowing Statement) -> Row
  ) throws(JournalError) -> Row? {
    if let substitute { return try substitute.row(sql, list: values, read: read) }
    return try row(sql, list: values, read: read)
  }

  private func row<Row>(
    _ sql: String, list values: [SQLValue], read: (borrowing Statement) -> Row
  ) throws(JournalError) -> Row? {
    do throws(SQLiteError) {
      let statement = try connection.prepare(sql)
      try statement.bind(values)
      return try statement.step() ? read(statement) : nil
    } catch {
      return try replace(after: error).row(sql, list: values, read: read)
    }
  }

  /// What is read from now on, a page having turned out to be damaged.
  private func replace(after error: SQLiteError) throws(JournalError) -> JournalDatabase {
    guard error.isCorrupt, let made = try makeSubstitute?() else { throw JournalError(error) }
    substitute = made
    substitutionReason = error.damage
    return made
  }

  /// Calls `body` with each row until there is none left or the file cannot be read on.
  ///
  /// For salvage from a damaged file.
  ///
  /// - Returns: Whether every row was read.
  func forEachReadable(
    _ sql: String, _ body: (borrowing Statement) throws(JournalError) -> Void
  ) throws(JournalError) -> Bool {
    guard let statement = try? connection.prepare(sql) else { return false }
    while true {
      guard let isRow = try? statement.step() else { return false }
      guard isRow else { return true }
      try body(statement)
    }
  }

  private static func mapped<Result: ~Copyable>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(JournalError) -> Result {
    do throws(SQLiteError) { return try body() } catch { throw JournalError(error) }
  }
}

/// Facts about the layout.
extension JournalDatabase {
  func meta(_ key: String) throws(JournalError) -> String? {
    try row("SELECT value FROM meta WHERE key = ?", .text(key)) { $0.text(0) } ?? nil
  }

  func setMeta(_ key: String, _ value: String) throws(JournalError) {
    try run("INSERT OR REPLACE INTO meta VALUES (?, ?)", .text(key), .text(value))
  }
}
