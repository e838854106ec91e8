import Store
import TestSupport
import Testing

@testable import Journal

extension TestLayout {
  /// What must hold after every operation and every recovery; the problems, in words.
  ///
  /// - Parameter isReconciled: Whether nothing foreign has happened since the last writing command.
  func problems(isReconciled: Bool = true) throws -> [String] {
    var problems = findings().map { "\($0)" }
    problems += try leftovers(in: "stage") + leftovers(in: "live")
    let database = try JournalDatabase(reading: DatabaseFile(at: path + "/.ocitx/journal.db"))
    let rows = try database.operations(before: .max, limit: .max).reversed()
    problems += try chainProblems(Array(rows))
    problems += try recordFileProblems(Array(rows))
    if try database.allSettings() != database.recordedSettings() {
      problems.append("the settings are not those of the history")
    }
    guard isReconciled, let head = try database.head() else { return problems }
    let current = try open().readIndex()
    let edits = try database.state(at: head.sequence).difference(to: IndexState(current.index))
    if !edits.isEmpty { problems.append("the history does not lead to index.json: \(edits)") }
    return problems + stampProblems(current.index, Array(rows))
  }

  private func leftovers(in folder: String) throws -> [String] {
    try names(in: ".ocitx/" + folder).map { "left in \(folder)/: \($0)" }
  }

  /// The names in a folder of the layout.
  func names(in folder: String) throws -> [String] {
    try open().root.openDirectory(folder).entryNames()
  }

  private func chainProblems(_ rows: [StoredOperation]) throws -> [String] {
    var problems: [String] = []
    var previous: Digest?
    for (offset, row) in rows.enumerated() {
      let record = try row.record()
      if record.sequence != Int64(offset) + 1 { problems.append("a gap before \(record.sequence)") }
      if record.previous != previous { problems.append("the chain breaks at \(record.sequence)") }
      if row.recordBytes.map(OperationRecord.hash) != row.hash {
        problems.append("the hash of \(record.sequence) is wrong")
      }
      previous = row.hash
    }
    return problems
  }

  private func recordFileProblems(_ rows: [StoredOperation]) throws -> [String] {
    var problems: [String] = []
    var names = Set(try names(in: ".ocitx/ops"))
    for row in rows {
      let name = FinalisedRecord.fileName(row.sequence ?? 0, row.id)
      let bytes = names.remove(name) == nil ? nil : try Files.read(path + "/.ocitx/ops/" + name)
      if bytes != row.recordBytes.map({ $0 + [0x0a] }) {
        problems.append("\(name) is not what the database has")
      }
    }
    return problems + names.sorted().map { "a record without a row: \($0)" }
  }

  private func stampProblems(_ index: ImageIndex, _ rows: [StoredOperation]) -> [String] {
    guard let text = index.annotation(CommitMarker.key) else { return [] }
    guard let stamp = CommitMarker(text) else { return ["no stamp: \(text)"] }
    let row = rows.first { $0.id == stamp.operation }
    let isKnown =
      row?.sequence == stamp.sequence
      && row?.hash?.encoded.hasPrefix(stamp.chain) == true
    return isKnown ? [] : ["the stamp \(text) is of no operation"]
  }
}
