internal import Store

/// When operations happened.
extension JournalDatabase {
  /// When the operations of the history happened.
  ///
  /// Version 0.1 never told a time before that of the operation before it: behind one whose clock was far
  /// ahead only the records know what the clock said.
  func chronology(now: Timestamp) throws(JournalError) -> Chronology {
    let moments = try rows(
      """
      SELECT seq, started, CASE WHEN started > ? THEN record END FROM operations
      WHERE seq IS NOT NULL ORDER BY seq
      """, .text(now.inUTC.description)
    ) { row -> Chronology.Moment? in
      let record = row.blob(2).flatMap { try? OperationRecord(parsing: $0, named: "") }
      guard let time = record?.wallClock ?? (try? Timestamp(parsing: row.text(1) ?? "")) else {
        return nil
      }
      return .init(sequence: row.integer(0), time: time)
    }
    return Chronology(moments.compactMap { $0 }, now: now)
  }
}
