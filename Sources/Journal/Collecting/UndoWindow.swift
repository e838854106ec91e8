internal import Store

/// How far back the history can be gone: the settings `undo-days` and `undo-operations`, whichever reaches
/// further.
struct UndoWindow: Equatable, Sendable {
  /// In days.
  let days: Int64
  /// In operations.
  let operations: Int64

  /// Reads the settings of a layout.
  init(_ database: JournalDatabase) throws(JournalError) {
    days = try LayoutSetting.undoDays.number(in: database)
    operations = try LayoutSetting.undoOperations.number(in: database)
  }

  /// The last operation whose state is too old, but for its being where the window begins: the state after
  /// it, and what every later operation found and made, are kept.
  func base(_ database: JournalDatabase, head: Int64, now: Timestamp) throws(JournalError) -> Int64
  {
    let byCount = max(0, head - operations)
    // No days protect nothing, not even what a clock says is still to come.
    guard byCount > 0, days > 0 else { return byCount }
    let limit = now.adding(seconds: -days * 86400)
    return min(
      byCount,
      try database.chronology(now: now).lastOperation(certainlyBefore: limit, head: head))
  }

  /// The window in words.
  var text: String { "\(days) days or \(operations) operations" }
}
