internal import Store

/// The journal's rows: every query is in this folder, and none knows the engine that answers it.
///
/// One thread at a time. Nothing here decides anything about index.json.
final class JournalDatabase {
  /// What stores the rows.
  let engine: any SQLEngine
  /// Makes what is read instead once the engine tells of damage; nil: damage is an error.
  private let makeSubstitute: (() throws(JournalError) -> JournalDatabase?)?
  private var substitute: JournalDatabase?
  /// Why something else is read instead of what was stored; nil while that is good.
  private(set) var substitutionReason: String?

  /// Rows that an engine stores.
  ///
  /// - Parameters:
  ///   - reason: Why they stand in for others, if they do.
  ///   - substitute: Makes rows that stand in from the first damage on.
  init(
    _ engine: any SQLEngine, reason: String? = nil,
    orElse substitute: (() throws(JournalError) -> JournalDatabase?)? = nil
  ) {
    self.engine = engine
    substitutionReason = reason
    makeSubstitute = substitute
  }

  /// What the rows are stored in, for messages.
  var name: String { engine.name }

  /// The version of the tables; see ``SchemaVersion``.
  func schemaVersion() throws(JournalError) -> Int64 {
    try believed { (engine) throws(JournalError) in try engine.schemaVersion() }
  }

  /// Sets how long calls wait for other processes from now on, in milliseconds, all together.
  func setWait(_ milliseconds: Int64) { engine.setWait(milliseconds) }

  /// Runs `body` as one transaction.
  func transaction<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try engine.transaction(body)
  }

  /// Runs `body` with all that it reads being of one moment; many queries are much faster that way.
  func reading<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try engine.reading(body)
  }

  func execute(_ script: String) throws(JournalError) { try engine.execute(script) }

  func run(_ sql: String, _ values: SQLValue...) throws(JournalError) {
    try engine.run(sql, each: [values])
  }

  /// Runs one statement for each set of values, compiling it once.
  func runEach(_ sql: String, _ sets: [[SQLValue]]) throws(JournalError) {
    if !sets.isEmpty { try engine.run(sql, each: sets) }
  }

  func rows<Row>(
    _ sql: String, _ values: SQLValue..., read: (any SQLRow) -> Row
  ) throws(JournalError) -> [Row] {
    try believed { (engine) throws(JournalError) in
      var rows: [Row] = []
      try engine.query(sql, values) { row in
        rows.append(read(row))
        return true
      }
      return rows
    }
  }

  func row<Row>(
    _ sql: String, _ values: SQLValue..., read: (any SQLRow) -> Row
  ) throws(JournalError) -> Row? {
    try believed { (engine) throws(JournalError) in
      var found: Row?
      try engine.query(sql, values) { row in
        found = read(row)
        return false
      }
      return found
    }
  }

  /// Asks what is stored, or what stands in for it: from now on, when damage is met.
  func believed<Answer>(
    _ ask: (any SQLEngine) throws(JournalError) -> Answer
  ) throws(JournalError) -> Answer {
    if let substitute { return try ask(substitute.engine) }
    do throws(JournalError) { return try ask(engine) } catch {
      guard case .databaseCorrupt(_, let damage) = error, let made = try makeSubstitute?() else {
        throw error
      }
      substitute = made
      substitutionReason = damage
      return try ask(made.engine)
    }
  }
}

/// Facts about the layout.
extension JournalDatabase {
  func meta(_ key: String) throws(JournalError) -> String? {
    try row("SELECT value FROM meta WHERE key = ?", .text(key)) { $0.text(0) } ?? nil
  }

  func setMeta(_ key: String, _ value: String) throws(JournalError) {
    try run(
      "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      .text(key), .text(value))
  }
}
