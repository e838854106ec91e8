internal import Store

/// What a repair removes. Call these inside ``JournalDatabase/transaction(_:)``.
extension JournalDatabase {
  func indexAfter(_ id: OperationID) throws(JournalError) -> Digest? {
    let text =
      try row("SELECT index_after FROM operations WHERE id = ?", .text(id.text)) { $0.text(0) }
      ?? nil
    return text.flatMap { try? Digest(parsing: $0) }
  }

  func removeRows(of record: OperationRecord) throws(JournalError) {
    try run(
      "DELETE FROM operations WHERE seq = ? OR id = ?", .integer(record.sequence),
      .text(record.id.text))
    try removeEdits(of: record.sequence)
  }

  func removeEdits(of sequence: Int64) throws(JournalError) {
    try run("DELETE FROM edits WHERE seq = ?", .integer(sequence))
  }

  func removeSnapshot(_ sequence: Int64) throws(JournalError) {
    try run("DELETE FROM snapshots WHERE seq = ?", .integer(sequence))
  }

  func removeHomeless(_ id: String) throws(JournalError) {
    try run("DELETE FROM operations WHERE (seq IS NULL OR seq < 1) AND id = ?", .text(id))
  }

  func removeDocument(_ digest: String) throws(JournalError) {
    try run("DELETE FROM documents WHERE digest = ?", .text(digest))
  }

  func removePin(_ digest: String) throws(JournalError) {
    try run("DELETE FROM pins WHERE digest = ?", .text(digest))
    // Nothing that refers to it is kept with all that it reaches; nor was this one missing from the start.
    try run(
      "DELETE FROM pins WHERE digest IN (SELECT digest FROM children WHERE instr(refs, ?) > 0)",
      .blob(Array(digest.utf8)))
  }
}
