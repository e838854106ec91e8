internal import Store

/// One machine at a time: docs/decisions/0064.
extension OperationJournal {
  /// Refuses to write where another machine wrote last and both may use the file system; the lock must be held.
  ///
  /// Nothing was written before, not even a database put in order.
  func checkMachine() throws(JournalError) {
    let takesOver = session.options.takesOver
    guard takesOver || mayBeShared, predecessor == nil, let last = try newestRecord(),
      last.author.machineID ?? "" != session.invocation.machineID
    else { return }
    if takesOver {
      predecessor = last
    } else if last.author.machineID != nil {
      let author = last.author
      throw .writtenElsewhere(
        path: layout.path,
        last: "\(last.title) by \(author.displayName) on \(author.hostName)"
          + " at \(last.wallClock.wholeSeconds)")
    }
  }

  private func newestRecord() throws(JournalError) -> OperationRecord? {
    if let rows = storage.rows { return try newestRecord(in: rows) }
    guard let database = try storage.openForReading() else { return nil }
    return try newestRecord(in: database)
  }

  private func newestRecord(
    in database: JournalDatabase
  ) throws(JournalError) -> OperationRecord? {
    guard let head = try database.head() else { return nil }
    return try database.operation(head.id)?.record()
  }

  /// Records that this machine goes on where another one wrote last, as ``WritingOptions/takesOver`` says.
  ///
  /// - Returns: The record, durable; nil when this machine wrote last itself.
  public func takeOver() throws -> OperationRecord? {
    let transaction = try begin(.takeOver, stages: false)
    let prepared = try transaction.prepare { _ in
      guard let predecessor = self.predecessor else { return .init(edits: []) }
      var details: JSONObject = ["host": JSONValue(predecessor.author.hostName)]
      details["machine"] = predecessor.author.machineID.map { JSONValue($0) }
      return .init(edits: [], isForced: true, details: details)
    }
    return try prepared?.commit().0
  }
}
