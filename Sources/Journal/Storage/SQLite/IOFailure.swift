internal import CSQLite

/// The extended codes of SQLITE_IOERR, which Swift does not import; sqlite.org/rescode.html.
enum IOFailure {
  static let read = SQLITE_IOERR | 1 << 8
  static let write = SQLITE_IOERR | 3 << 8
  static let sync = SQLITE_IOERR | 4 << 8
  static let truncate = SQLITE_IOERR | 6 << 8
  static let status = SQLITE_IOERR | 7 << 8
  static let unlock = SQLITE_IOERR | 8 << 8
  static let delete = SQLITE_IOERR | 10 << 8
  static let checkLock = SQLITE_IOERR | 14 << 8
  static let lock = SQLITE_IOERR | 15 << 8
  /// A page whose checksum is wrong.
  static let data = SQLITE_IOERR | 32 << 8
  /// Less than was asked for, the rest filled with zeros: the end of the file.
  static let shortRead = SQLITE_IOERR | 2 << 8
}
