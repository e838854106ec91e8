internal import Journal
internal import Store

/// A state of a layout's history: after an operation, or at the end of a time.
enum HistoryPoint: Equatable {
  /// After that operation.
  case operation(OperationReference)
  /// At that time.
  case time(TimeExpression)

  /// The last operation of that state.
  func operation(in history: OperationHistory, now: Timestamp) throws -> OperationRecord {
    switch self {
    case .operation(let reference): return try history.operation(reference).record
    case .time(let time):
      guard let operation = try history.operation(at: time.end, now: now) else {
        throw JournalError.noSuchOperation("at \(time): the history begins later")
      }
      return operation.record
    }
  }

  /// Reads what `--to` is given: an operation or a time.
  ///
  /// `now` is a time, although it might begin an id.
  init(parsing text: String, now: Timestamp) throws(UsageError) {
    if text != "now", let operation = OperationReference(text, now: now) {
      self = .operation(operation)
      return
    }
    do throws(TimeExpression.Malformed) {
      self = .time(try TimeExpression(parsing: text, now: now))
    } catch {
      throw .invalid(
        "--to", "\"\(text)\" is neither an operation nor a time",
        hint: "write an operation from `umoci-tx log` (12, 12^, kxmq, @, TAG@{1}) or a time"
          + " (2026-11-20T10:00Z, 09:01, 2.hours.ago)")
    }
  }
}
