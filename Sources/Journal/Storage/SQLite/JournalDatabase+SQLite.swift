internal import Store

/// Rows in SQLite.
extension JournalDatabase {
  /// Opens the database for writing and brings it to the current version.
  ///
  /// - Parameter wait: How long its calls wait for other processes, in milliseconds, all together.
  convenience init(
    writing file: DatabaseFile, durability: Durability, wait: Int64 = Connection.readersWait
  ) throws(JournalError) {
    let engine = try SQLiteEngine(opening: file, .readWrite)
    engine.setWait(wait)
    try engine.prepareForWriting(durability)
    self.init(engine)
  }

  /// Opens the database for reading; it and the files beside it stay as they are.
  ///
  /// - Parameter substitute: Makes a database that stands in from the first damaged page on.
  convenience init(
    reading file: DatabaseFile,
    orElse substitute: (() throws(JournalError) -> JournalDatabase?)? = nil
  ) throws(JournalError) {
    let engine = try SQLiteEngine(opening: file, .readOnly)
    let version = try engine.schemaVersion()
    guard version <= SchemaVersion.current else {
      throw .newerFormat(path: file.path, found: version, supported: SchemaVersion.current)
    }
    guard version > 0 else {
      throw .databaseCorrupt(path: file.path, message: "it has no tables")
    }
    self.init(engine, orElse: substitute)
  }

  /// Opens a database of which some pages are damaged, and believes none of them.
  convenience init(readingUnverified file: DatabaseFile) throws(JournalError) {
    self.init(try SQLiteEngine(opening: file, .readUnverified))
  }

  /// Makes an empty database in memory.
  ///
  /// - Parameters:
  ///   - reason: Why it stands in for another, if it does.
  ///   - version: Of its tables; nil for the current one.
  static func makeInMemory(
    reason: String? = nil, version: Int64? = nil
  ) throws(JournalError) -> JournalDatabase {
    JournalDatabase(try SQLiteEngine(inMemory: version), reason: reason)
  }
}
