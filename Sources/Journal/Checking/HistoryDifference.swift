internal import Store

/// Where those who vouch for a history disagree: its rows, its records, index.json, and what the database holds
/// beside them.
///
/// An audit prints it, with a code and a sentence; a repair acts on it.
enum HistoryDifference {
  /// The row of an operation, or its record in it.
  case operation(Int64)
  /// The file of a record.
  case recordFile(Int64, String)
  /// A row outside of the history, by its id; what is sound waits to be done.
  case homeless(String, isSound: Bool)
  /// Edits of no operation.
  case strayEdits(Int64)
  /// The kept copy of an index.
  case snapshot(Int64)
  /// The copy of a document in the database.
  case document(String)
  /// A blob that the history should keep.
  case pin(String)
  /// What is remembered of a document's references; what is right, unless the row is none at all.
  case references(
    digest: String, role: Int64,
    right: (document: BlobReference, references: [BlobReference])?)
  /// A row that stands for no work that is left.
  case work(JournalDatabase.MemoryTable, key: String)
  /// The value of a setting.
  case setting(String)
  /// The lease of a bundle.
  case lease(String)
  /// index.json; with the operation whose record its stamp does not fit.
  case index(at: Int64? = nil)
  /// Anything else, by its name.
  case other(String, at: Int64? = nil)

  /// What it is about, for a person.
  var subject: String {
    switch self {
    case .operation(let sequence), .strayEdits(let sequence), .snapshot(let sequence):
      "operation \(sequence)"
    case .recordFile(_, let name): "ops/" + name
    case .homeless(let id, _): "operation \(id)"
    case .document(let text), .pin(let text): text
    case .references(let digest, _, _): digest
    case .work(let table, let key): "\(table.rawValue) \(key)"
    case .setting(let name): "setting \(name)"
    case .lease(let bundle): "bundle \(bundle)"
    case .index: LayoutPaths.index
    case .other(let name, _): name
    }
  }

  /// Its place in the history; nil when it has none.
  var sequence: Int64? {
    switch self {
    case .operation(let sequence), .strayEdits(let sequence), .snapshot(let sequence),
      .recordFile(let sequence, _):
      sequence
    case .index(let sequence), .other(_, let sequence): sequence
    default: nil
    }
  }
}
