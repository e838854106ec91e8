internal import Journal
internal import Store

/// Which operations `log` is asked for.
struct LogQuery: Equatable {
  /// Only operations that changed one of these tags; all when empty.
  ///
  /// Any text will do: other tools write names that are no reference names.
  var tags: [String] = []
  /// At most so many, the newest.
  var limit: Int?
  /// Only operations at that moment or later.
  var since: Timestamp?
  /// Only operations of one of these users; all when empty.
  var users: [String] = []
  /// Only operations of one of these kinds; all when empty.
  var kinds: [String] = []

  /// The operations, newest first.
  func run(_ history: OperationHistory) throws -> [OperationLine] {
    var filter = HistoryFilter(since: since, limit: limit)
    filter.users = Set(users)
    filter.kinds = Set(kinds)
    if tags.count < 2 {
      filter.tag = tags.first
      return try history.operations(filter).map(OperationLine.init)
    }
    var found: [Int64: OperationLine] = [:]
    for tag in tags {
      filter.tag = tag
      for operation in try history.operations(filter) {
        found[operation.record.sequence] = OperationLine(operation)
      }
    }
    let sorted = found.values.sorted { $0.sequence > $1.sequence }
    return Array(sorted.prefix(limit ?? .max))
  }

  /// Reads the options.
  init(tags: [String], limit: String?, since: String?, now: Timestamp) throws(UsageError) {
    if tags.contains("") { throw .invalid("--tag", "the tag is empty") }
    self.tags = tags
    self.limit = try limit.map { text throws(UsageError) in
      guard let count = Int(text), count > 0, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
      else { throw .invalid("--limit", "\"\(text)\" is no number of operations") }
      return count
    }
    self.since = try since.map { text throws(UsageError) in
      do throws(TimeExpression.Malformed) {
        return try TimeExpression.parse(text, now: now)
      } catch {
        throw .invalid("--since", "\(error)")
      }
    }
  }
}
