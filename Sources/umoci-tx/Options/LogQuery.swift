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
        return try TimeExpression(parsing: text, now: now).start
      } catch {
        throw .invalid("--since", "\(error)")
      }
    }
  }
}

/// Names that nothing in a history answers to.
extension LogQuery {
  /// The kinds that operations have, by the words of their records.
  static let knownKinds: [String] = [
    "init", "adopt", "new", "tag", "remove", "config", "insert", "add-layer", "repack", "batch",
    "exec",
    "settings", "undo", "redo", "restore", "external", "heal", "repair", "fork", "accept", "gc",
    "expire",
  ]

  /// Reads `--kind`: several with commas, and `rm` as the command is called.
  static func kinds(_ texts: [String]) -> [String] {
    texts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
      .map { $0 == "rm" ? "remove" : String($0) }
  }

  /// Refuses a kind that no version of this program, and no operation of the history, has.
  func checkKinds(in history: OperationHistory?) throws {
    for kind in kinds where !Self.knownKinds.contains(kind) {
      var filter = HistoryFilter(limit: 1)
      filter.kinds = [kind]
      guard try history?.operations(filter).isEmpty ?? true else { continue }
      throw UsageError.invalid(
        "--kind", "there is no kind \"\(kind)\"",
        hint: "the kinds are " + Self.knownKinds.joined(separator: ", "))
    }
  }

  /// Says which tags and users nothing in the history is about.
  func tellUnknown(
    in history: OperationHistory, _ layout: ReadableLayout, _ messages: MessageWriter
  )
    throws
  {
    for tag in tags where try history.operations(HistoryFilter(tag: tag, limit: 1)).isEmpty {
      let names = (try? layout.layout.readIndex().index.referenceNames) ?? []
      let question = SimilarNames.question(about: tag, among: names).map { "; " + $0 } ?? ""
      messages.log(.warning, "no operation has changed a tag \(tag)\(question)")
    }
    for user in users {
      var filter = HistoryFilter(limit: 1)
      filter.users = [user]
      if try history.operations(filter).isEmpty {
        messages.log(.warning, "no operation is by a user \(user)")
      }
    }
  }
}
