internal import CSQLite
internal import Glibc
internal import Store

/// What SQLite answered instead of doing what it was asked; result codes of sqlite.org/rescode.html.
struct SQLiteError: Error, Equatable, Sendable {
  /// The extended result code.
  let code: Int32
  /// SQLite's own words.
  let message: String
  /// The database file.
  let path: String
  /// The error number of the system call behind it, or 0.
  let systemCode: Int32
  /// How long the connection has waited for other processes.
  var waitedSeconds: Double = 0
  /// What lies at ``path`` instead of a file; nil when that is not the matter.
  var strangeKind: FileStatus.Kind?

  /// SQLITE_READONLY_DBMOVED, a macro that Swift does not see.
  private static let movedCode: Int32 = SQLITE_READONLY | 4 << 8

  private var primaryCode: Int32 { code & 0xff }

  /// Whether the file is damaged or is no database at all.
  var isCorrupt: Bool {
    primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB || code == IOFailure.data
  }

  /// What is wrong with a damaged file.
  var damage: String { code == IOFailure.data ? "the checksum of a page is wrong" : message }

  /// Whether the statement does not fit the tables that are there.
  var isAboutTables: Bool { primaryCode == SQLITE_ERROR }

  /// Whether another process holds the database longer than the busy timeout.
  var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

  /// The error number that tells the user most: the system's own, or the nearest to the code.
  var nearestErrorNumber: Int32 {
    switch primaryCode {
    case SQLITE_FULL: systemCode == EDQUOT ? EDQUOT : ENOSPC
    // The file is not where it was opened any more.
    case SQLITE_READONLY: code & 0xffff == Self.movedCode ? ENOENT : EROFS
    case SQLITE_PERM, SQLITE_AUTH: EACCES
    case SQLITE_NOMEM: ENOMEM
    default: systemCode == 0 ? EIO : systemCode
    }
  }
}

extension SQLiteError: CustomStringConvertible {
  /// The failure in one line.
  var description: String { "\(path): \(message) (SQLite code \(code))" }
}

extension JournalError {
  /// A database failure in the journal's terms.
  init(_ error: SQLiteError) {
    if let kind = error.strangeKind {
      self = .strangeFile(
        path: error.path, found: kind.words, expected: FileStatus.Kind.regular.words)
    } else if error.isCorrupt {
      self = .databaseCorrupt(path: error.path, message: error.damage)
    } else if error.isBusy {
      self = .locked(path: error.path, holder: nil, waitedSeconds: error.waitedSeconds)
    } else {
      self = .database(message: error.description, code: error.nearestErrorNumber)
    }
  }
}
