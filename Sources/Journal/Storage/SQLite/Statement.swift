internal import CSQLite

/// A compiled statement, and the row that it has come to; finalized when nobody has it any more.
final class Statement: SQLRow {
  private let handle: OpaquePointer
  private let database: OpaquePointer
  private let path: String
  private let wait: BusyWait

  init(
    _ sql: String, database: OpaquePointer, path: String, _ wait: BusyWait
  ) throws(SQLiteError) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v2(database, sql, -1, &handle, nil)
    guard code == SQLITE_OK, let handle else {
      throw Connection.error(code, database: database, path: path, wait)
    }
    self.handle = handle
    self.database = database
    self.path = path
    self.wait = wait
  }

  deinit { sqlite3_finalize(handle) }

  /// Sets the parameters, numbered from 1 in the SQL, and rewinds.
  func bind(_ values: [SQLValue]) throws(SQLiteError) {
    sqlite3_reset(handle)
    for (offset, value) in values.enumerated() {
      let code = bind(value, at: Int32(offset + 1))
      guard code == SQLITE_OK else {
        throw Connection.error(code, database: database, path: path, wait)
      }
    }
  }

  private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
    // SQLITE_TRANSIENT, a cast that Swift does not import: SQLite copies the bytes at once.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch value {
    case .null: return sqlite3_bind_null(handle, index)
    case .integer(let number): return sqlite3_bind_int64(handle, index, number)
    case .text(let text):
      return sqlite3_bind_text(handle, index, text, Int32(text.utf8.count), transient)
    case .blob(let bytes):
      guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
      return bytes.withUnsafeBytes {
        sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), transient)
      }
    }
  }

  /// Goes to the next row.
  ///
  /// - Returns: False when there is none.
  func step() throws(SQLiteError) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else {
      throw Connection.error(code, database: database, path: path, wait)
    }
    return false
  }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func text(_ column: Int32) -> String? {
    blob(column).map { String(decoding: $0, as: UTF8.self) }
  }

  func blob(_ column: Int32) -> [UInt8]? {
    guard !isNull(column) else { return nil }
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, column))
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }
}
