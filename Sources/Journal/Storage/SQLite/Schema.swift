/// The tables in SQLite's words; see ``SchemaVersion``, and docs/on-disk-format.md for what each column means.
///
/// The version of a file is its `user_version`.
enum Schema {
  /// The steps from each version to the next; the first makes a new database.
  static let migrations: [String] = [
    version1, version2, version3, version4, version5, version6,
  ]

  private static let version1 = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE operations (
      id TEXT PRIMARY KEY,
      seq INTEGER UNIQUE,
      state TEXT NOT NULL,
      kind TEXT NOT NULL,
      uid INTEGER NOT NULL,
      started TEXT NOT NULL,
      record BLOB,
      hash TEXT,
      index_before TEXT,
      index_after TEXT,
      stamp TEXT,
      reason TEXT
    );
    CREATE INDEX operations_by_state ON operations (state);
    CREATE INDEX operations_by_index ON operations (index_after);
    CREATE INDEX operations_by_stamp ON operations (stamp);
    CREATE TABLE edits (
      seq INTEGER NOT NULL,
      ordinal INTEGER NOT NULL,
      key TEXT NOT NULL,
      before BLOB NOT NULL,
      after BLOB NOT NULL,
      PRIMARY KEY (seq, ordinal)
    ) WITHOUT ROWID;
    CREATE INDEX edits_by_key ON edits (key, seq);
    CREATE TABLE snapshots (
      seq INTEGER PRIMARY KEY,
      foreign_bytes INTEGER NOT NULL,
      bytes BLOB NOT NULL
    );
    CREATE TABLE documents (
      digest TEXT PRIMARY KEY,
      bytes BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE pins (
      digest TEXT PRIMARY KEY
    ) WITHOUT ROWID;
    CREATE TABLE leases (
      bundle TEXT PRIMARY KEY,
      manifest BLOB NOT NULL,
      holder TEXT NOT NULL,
      created TEXT NOT NULL,
      user TEXT NOT NULL,
      host TEXT NOT NULL
    ) WITHOUT ROWID;
    """

  /// What a garbage collection remembers.
  private static let version2 = """
    CREATE TABLE children (
      digest TEXT NOT NULL,
      role INTEGER NOT NULL,
      refs BLOB NOT NULL,
      PRIMARY KEY (digest, role)
    ) WITHOUT ROWID;
    CREATE TABLE moves (operation TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE abandoned (digest TEXT PRIMARY KEY) WITHOUT ROWID;
    """

  /// Bundles that take part in operations.
  private static let version3 = """
    CREATE TABLE refreshes (
      operation TEXT NOT NULL,
      bundle TEXT NOT NULL,
      plan BLOB NOT NULL,
      created TEXT NOT NULL,
      user TEXT NOT NULL,
      host TEXT NOT NULL,
      PRIMARY KEY (operation, bundle)
    ) WITHOUT ROWID;
    """

  /// Leases that know where their bundle is: paths and names of hosts repeat.
  private static let version4 = """
    ALTER TABLE leases RENAME TO leases_of_version_3;
    CREATE TABLE leases (
      holder TEXT NOT NULL,
      bundle TEXT NOT NULL,
      manifest BLOB NOT NULL,
      created TEXT NOT NULL,
      user TEXT NOT NULL,
      host TEXT NOT NULL,
      place TEXT NOT NULL,
      PRIMARY KEY (holder, bundle)
    ) WITHOUT ROWID;
    INSERT INTO leases SELECT holder, bundle, manifest, created, user, host, ''
      FROM leases_of_version_3;
    DROP TABLE leases_of_version_3;
    """

  /// More documents are followed than before: each is taken apart again.
  ///
  /// Nobody asks any more which operation published an index.
  private static let version5 = "DELETE FROM children; DROP INDEX operations_by_index;"

  /// Settings are changed by operations: what was set before has no record, and is remembered as such.
  private static let version6 = """
    CREATE TABLE earlier_settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO earlier_settings SELECT key, value FROM settings;
    """
}
