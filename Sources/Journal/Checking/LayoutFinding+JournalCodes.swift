public import Store

/// What can be found about the history of a layout and what it keeps.
extension LayoutFinding.Code {
  /// The journal's folder cannot be read.
  public static let journalInvalid = problem("journal-invalid")
  /// The database is damaged, empty, or has other tables than it should.
  public static let journalDatabase = problem("journal-database")
  /// The store id of the database is not that of the folder.
  public static let journalStore = problem("journal-store")
  /// A setting has a value that it cannot have.
  public static let settingInvalid = problem("setting-invalid")
  /// The value of a setting is not what the history says.
  public static let settingChanged = problem("setting-changed")
  /// An operation is missing in the history.
  public static let recordMissing = problem("record-missing")
  /// A record is not what its hash, its number or its name stand for.
  public static let recordChanged = problem("record-changed")
  /// A record does not name the one before it.
  public static let recordChain = problem("record-chain")
  /// A record is of another store than the one before it.
  public static let recordOrder = problem("record-order")
  /// The database tells of an operation what its record does not.
  public static let recordRow = problem("record-row")
  /// The file of a record is missing.
  public static let recordFileMissing = problem("record-file-missing")
  /// The file of a record is not what the database has.
  public static let recordFileChanged = problem("record-file-changed")
  /// The file of a record belongs to no operation of the history.
  public static let recordStray = problem("record-stray")
  /// The history does not contain the head that was kept elsewhere.
  public static let headUnknown = problem("head-unknown")
  /// The stamp in `index.json` is no stamp.
  public static let stampInvalid = problem("stamp-invalid")
  /// The history does not contain the operation that `index.json` is stamped with.
  public static let stampUnknown = problem("stamp-unknown")
  /// The stamp in `index.json` and the record that it names do not fit together.
  public static let stampMismatch = problem("stamp-mismatch")
  /// The tags of `index.json` are not those that the history ends with.
  public static let indexUnrecorded = problem("index-unrecorded")
  /// No tag of `index.json` differs from what the history ends with, and other members do.
  public static let indexAltered = problem("index-altered")
  /// The kept copy of an index is not what its operation published or found.
  public static let snapshotChanged = problem("snapshot-changed")
  /// The database's copy of a document is damaged.
  public static let documentCopy = problem("document-copy")
  /// What gc remembers of a document's references is not what the document says.
  public static let referencesChanged = problem("references-changed")
  /// A row of the database is none that this program writes.
  public static let databaseRow = problem("database-row")
  /// What the history should keep of a blob is nowhere.
  public static let keptMissing = problem("kept-missing")
  /// The second name of a blob has other content.
  public static let keptDigest = problem("kept-digest")
  /// What gc moved to the trash has other content than its name promises.
  public static let trashDigest = problem("trash-digest")
  /// A lease cannot be read, or its image is not there.
  public static let leaseInvalid = problem("lease-invalid")
  /// The history began when another one was gone.
  public static let historyLost = note("history-lost")
  /// A setting was chosen before settings were changed by operations.
  public static let settingUnrecorded = note("setting-unrecorded")
  /// Another tool has rewritten `index.json` without changing a tag.
  public static let indexRewritten = note("index-rewritten")
  /// A folder of the journal is missing.
  public static let folderMissing = note("folder-missing")
  /// An operation has begun and not ended.
  public static let operationUnfinished = note("operation-unfinished")
  /// The clock of an operation was ahead of the one that is right now.
  public static let clockAhead = note("clock-ahead")
  /// The clock of an operation was behind that of the operation before it.
  public static let clockBack = note("clock-back")
  /// The layout is a copy, or was moved between file systems.
  public static let layoutCopied = note("layout-copied")

  /// Those that a repair mends where something good is left.
  package static let mendedOfJournals: Set<LayoutFinding.Code> = Set(
    ofJournals.filter(\.isProblem)
  ).subtracting([
    .recordChain, .recordOrder, .headUnknown, .stampInvalid, .stampUnknown, .stampMismatch,
    .leaseInvalid,
  ])

  /// All of these.
  package static let ofJournals: [LayoutFinding.Code] = [
    .journalInvalid, .journalDatabase, .journalStore, .settingInvalid, .settingChanged,
    .recordMissing, .recordChanged, .recordChain, .recordOrder, .recordRow, .recordFileMissing,
    .recordFileChanged, .recordStray, .headUnknown, .stampInvalid, .stampUnknown,
    .stampMismatch, .indexUnrecorded, .indexAltered, .snapshotChanged, .documentCopy,
    .referencesChanged, .databaseRow, .keptMissing, .keptDigest, .trashDigest, .leaseInvalid,
    .historyLost, .settingUnrecorded, .indexRewritten, .folderMissing, .operationUnfinished,
    .layoutCopied,
    .clockAhead, .clockBack,
  ]
}
