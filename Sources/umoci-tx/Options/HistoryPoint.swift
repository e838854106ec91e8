internal import Journal
internal import Store

/// A state of a layout's history: after an operation, or at a time.
enum HistoryPoint: Equatable {
  /// After the operation with that name.
  case operation(String)
  /// At that moment.
  case time(Timestamp)

  /// The last operation of that state.
  func operation(in history: OperationHistory, now: Timestamp) throws -> OperationRecord {
    switch self {
    case .operation(let name): return try history.operation(name).record
    case .time(let time):
      guard let operation = try history.operation(at: time, now: now) else {
        throw JournalError.noSuchOperation("at \(time): the history begins later")
      }
      return operation.record
    }
  }

  /// Reads what `--to` is given: the name of an operation, with or without `op:`, or a time.
  init(parsing text: String, now: Timestamp) throws(UsageError) {
    let name = text.hasPrefix("op:") ? String(text.dropFirst(3)) : text
    if TagRevision.isOperationName(name) {
      self = .operation(name)
      return
    }
    do throws(TimeExpression.Malformed) {
      self = .time(try TimeExpression.parse(text, now: now))
    } catch {
      throw .invalid(
        "--to", "\"\(text)\" is neither an operation nor a time",
        hint: "write an operation from `umoci-tx log` (12, kxmq, @) or a time"
          + " (2026-11-20T10:00Z, yesterday, 2.hours.ago)")
    }
  }
}
