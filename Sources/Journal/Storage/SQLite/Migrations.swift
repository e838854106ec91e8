/// Bringing a database to the current version.
enum Migrations {
  /// Makes or upgrades the tables.
  ///
  /// All steps are one transaction: a crash leaves the version that was there, or this one.
  ///
  /// - Throws: ``JournalError/newerFormat(path:found:supported:)`` for a database of a newer version, and
  ///   ``JournalError/databaseCorrupt(path:message:)`` for one that is not of the version that it tells.
  static func run(
    _ steps: [String] = Schema.migrations, on connection: borrowing Connection
  ) throws(JournalError) {
    let found = try version(of: connection)
    guard found >= 0 else {
      throw .databaseCorrupt(path: connection.path, message: "its tables have the version \(found)")
    }
    guard found <= Int64(steps.count) else {
      throw .newerFormat(path: connection.path, found: found, supported: Int64(steps.count))
    }
    guard found < Int64(steps.count) else { return }
    try connection.transaction(mapping: JournalError.init) { () throws(JournalError) in
      // Somebody else may have made steps while this process waited for the database.
      for target in Int(clamping: try version(of: connection))..<steps.count {
        do throws(SQLiteError) {
          try connection.execute(steps[target])
          try connection.execute("PRAGMA user_version = \(target + 1)")
        } catch {
          guard error.isAboutTables else { throw JournalError(error) }
          throw .databaseCorrupt(path: connection.path, message: error.message)
        }
      }
    }
  }

  /// The version of a database; 0 for an empty one.
  static func version(of connection: borrowing Connection) throws(JournalError) -> Int64 {
    do throws(SQLiteError) {
      return try connection.row("PRAGMA user_version") { $0.integer(0) } ?? 0
    } catch {
      throw JournalError(error)
    }
  }
}
