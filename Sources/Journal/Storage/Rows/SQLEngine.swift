internal import Store

/// A database that understands SQL: the little that the rows of the journal ask of one, used by one thread.
///
/// Parameters are written `?` or `?1`. Its errors are the journal's: damage is
/// ``JournalError/databaseCorrupt(path:message:)``, another process that does not let go of it
/// ``JournalError/locked(path:holder:waitedSeconds:)``.
protocol SQLEngine: AnyObject {
  /// What is stored in, for messages.
  var name: String { get }
  /// Runs one or more statements that take and give nothing.
  func execute(_ script: String) throws(JournalError)
  /// Runs one statement for each set of values, compiling it once.
  func run(_ sql: String, each sets: [[SQLValue]]) throws(JournalError)
  /// Calls `body` with each row of an answer until it returns false.
  func query(
    _ sql: String, _ values: [SQLValue], _ body: (any SQLRow) throws(JournalError) -> Bool
  ) throws(JournalError)
  /// Runs `body` as one transaction: all of it is durable when this returns, or none of it is.
  func transaction<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result
  /// Runs `body` with all that it reads being of one moment; inside a transaction it only runs `body`.
  func reading<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result
  /// Sets how long calls wait for other processes from now on, in milliseconds, all together.
  func setWait(_ milliseconds: Int64)
  /// The version of its tables, see ``SchemaVersion``; 0 for none.
  func schemaVersion() throws(JournalError) -> Int64
  /// What the engine itself finds wrong with what it has stored; reads all of it.
  func integrityComplaints() throws(JournalError) -> [String]
  /// The definitions of tables and indexes that are not as its version makes them, sorted.
  func strangeTables() throws(JournalError) -> [String]
}

/// A row that a query has come to, until the query goes on; columns count from 0.
protocol SQLRow: AnyObject {
  /// The integer in a column; 0 for null.
  func integer(_ column: Int32) -> Int64
  /// Whether a column is null.
  func isNull(_ column: Int32) -> Bool
  /// The text in a column; nil for null.
  func text(_ column: Int32) -> String?
  /// The bytes in a column; nil for null.
  func blob(_ column: Int32) -> [UInt8]?
}
