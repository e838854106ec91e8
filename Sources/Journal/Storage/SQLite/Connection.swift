internal import CSQLite
internal import Glibc
internal import Store

/// An open SQLite database, used by one thread.
///
/// Rollback journal, never WAL: see docs/decisions/0008. All its writing system calls go through
/// the fail points of ``JournalingVFS``.
struct Connection: ~Copyable {
  /// How a database is opened.
  enum Access: Equatable {
    /// Neither the database nor a file beside it is created or changed.
    case readOnly
    /// The same, and checksums of pages are not looked at; for salvage.
    case readUnverified
    /// The database must exist.
    case readWrite
  }

  /// How long readers wait for another process, in milliseconds.
  static let readersWait: Int64 = 30_000

  private let handle: OpaquePointer
  /// The path, for messages.
  let path: String
  /// How long its calls wait for another process.
  let wait: BusyWait
  /// Stays open as long as SQLite may look for files in it.
  private let folder: OpenDirectory?

  /// Opens a database that exists.
  ///
  /// SQLite would wait at a fifo for ever, and may disturb a device: neither is opened, nor such a
  /// thing in the place of a file that SQLite keeps beside a database.
  init(opening file: DatabaseFile, _ access: Access) throws(SQLiteError) {
    for suffix in ["", "-journal", "-wal", "-shm"] {
      try Self.checkKind(of: file.appending(suffix))
    }
    let mode = access == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
    let layer: JournalingVFS.Mode =
      switch access {
      case .readOnly: .reading
      case .readUnverified: .unverified
      case .readWrite: .writing
      }
    try self.init(file.address, mode, layer, path: file.path, in: file.folder)
  }

  /// Makes an empty database in memory.
  init(inMemory: Void) throws(SQLiteError) {
    try self.init(
      ":memory:", SQLITE_OPEN_READWRITE, .writing, path: ":memory:", in: nil)
  }

  private init(
    _ address: String, _ mode: Int32, _ layer: JournalingVFS.Mode, path: String,
    in folder: OpenDirectory?
  ) throws(SQLiteError) {
    let flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(address, &handle, flags, JournalingVFS.name(for: layer))
    guard code == SQLITE_OK, let handle else {
      let error = Self.error(code, database: handle, path: path)
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    self.path = path
    self.folder = folder
    sqlite3_extended_result_codes(handle, 1)
    wait = BusyWait(milliseconds: Self.readersWait)
    wait.install(on: handle)
    reservePageEnds()
  }

  private static func checkKind(of file: DatabaseFile) throws(SQLiteError) {
    guard let kind = (try? file.folder.status(of: file.name))??.kind, kind != .regular else {
      return
    }
    throw SQLiteError(
      code: SQLITE_CANTOPEN, message: "it is \(kind.words)", path: file.path, systemCode: 0,
      strangeKind: kind)
  }

  /// Makes SQLite leave the end of each page of a database that is still empty to the checksums.
  private borrowing func reservePageEnds() {
    var count = PageChecksum.reservedBytes
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &count)
  }

  deinit {
    sqlite3_close_v2(handle)
    wait.deallocate()
  }

  /// Compiles a statement.
  func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    try Statement(sql, database: handle, path: path, wait)
  }

  /// Runs one or more statements that take and give nothing.
  func execute(_ sql: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw Self.error(code, database: handle, path: path, wait) }
  }

  /// Runs a statement to its end, ignoring rows.
  func run(_ sql: String, _ values: SQLValue...) throws(SQLiteError) {
    let statement = try prepare(sql)
    try statement.bind(values)
    while try statement.step() {}
  }

  /// Reads all rows of a query.
  func rows<Row>(
    _ sql: String, _ values: [SQLValue] = [],
    _ read: (Statement) throws(SQLiteError) -> Row
  ) throws(SQLiteError) -> [Row] {
    let statement = try prepare(sql)
    try statement.bind(values)
    var rows: [Row] = []
    while try statement.step() { rows.append(try read(statement)) }
    return rows
  }

  /// Reads the first row of a query, if there is one.
  func row<Row>(
    _ sql: String, _ values: SQLValue..., read: (Statement) throws(SQLiteError) -> Row
  ) throws(SQLiteError) -> Row? {
    let statement = try prepare(sql)
    try statement.bind(values)
    return try statement.step() ? try read(statement) : nil
  }

  /// Runs `body` in one transaction: all of it is durable when this returns, or none of it is.
  ///
  /// BEGIN IMMEDIATE takes the write lock first, so the transaction cannot fail half-way for it.
  func transaction<Result, Failure: Error>(
    mapping map: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    do throws(SQLiteError) { try execute("BEGIN IMMEDIATE") } catch { throw map(error) }
    let result: Result
    do throws(Failure) {
      result = try body()
    } catch {
      // The first error is the one to tell; SQLite rolls back by itself when this fails too.
      try? execute("ROLLBACK")
      throw error
    }
    do throws(SQLiteError) { try execute("COMMIT") } catch {
      try? execute("ROLLBACK")
      throw map(error)
    }
    return result
  }

  /// Runs `body` so that all it reads is of one moment, taking SQLite's locks once instead of with
  /// each query.
  ///
  /// Nothing is written. Inside a transaction it only runs `body`.
  func reading<Result, Failure: Error>(
    mapping map: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard sqlite3_get_autocommit(handle) != 0 else { return try body() }
    do throws(SQLiteError) { try execute("BEGIN") } catch { throw map(error) }
    // Nothing was changed; an error may have ended the transaction already.
    defer { try? execute("COMMIT") }
    return try body()
  }

  static func error(
    _ code: Int32, database: OpaquePointer?, path: String, _ wait: BusyWait? = nil
  ) -> SQLiteError {
    let extended = database.map { sqlite3_extended_errcode($0) } ?? code
    let message = database.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
    let systemCode = database.map { sqlite3_system_errno($0) } ?? 0
    return SQLiteError(
      code: extended == SQLITE_OK ? code : extended, message: message, path: path,
      systemCode: systemCode, waitedSeconds: wait?.seconds ?? 0)
  }
}
