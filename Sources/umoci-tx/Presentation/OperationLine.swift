internal import Journal
internal import Store

/// One operation as `log` lists it.
struct OperationLine {
  /// Its place in the history.
  var sequence: Int64
  /// Its name.
  var id: OperationID
  /// When it took effect.
  var time: Timestamp
  /// Who did it.
  var user: String
  /// What it was.
  var kind: OperationKind
  /// What changed.
  var edits: [TagEdit]
  /// The settings that changed.
  var settings: [SettingEdit] = []
  /// The user's reason.
  var message: String?
  /// The operation that it took back or brought back.
  var reverts: OperationID?
  /// The blobs that it moved or deleted, in words.
  var moves: [String] = []

  /// Whether it is prepared but not published yet.
  var isPending = false

  /// The columns, without padding: number, id, time, user, kind, edits.
  var columns: [String] {
    [
      "\(sequence)", id.shortForm, time.listed, Self.shortened(user, to: 24),
      Self.shortened(kind.rawValue, to: 16), changes,
    ]
  }

  private var changes: String {
    let reverted = reverts.map { "of \($0.shortForm), " } ?? ""
    let tags = edits.isEmpty && !moves.isEmpty ? [] : [EditText.summary(edits)]
    return reverted + (tags + moves).joined(separator: ", ") + (isPending ? " (pending)" : "")
  }

  /// The first line of the message in quotes.
  var quotedMessage: String? {
    guard let first = message?.split(whereSeparator: \.isNewline).first else { return nil }
    return "\"\(Self.shortened(String(first), to: 60))\""
  }

  /// The text made fit for a terminal and cut to a number of characters.
  static func shortened(_ text: String, to limit: Int) -> String {
    let escaped = TerminalText.escaped(String(text.prefix(limit + 1)))
    return escaped.count > limit ? escaped.prefix(limit - 3) + "..." : escaped
  }

  /// The operation as JSON, with the names that records use.
  var json: JSONValue {
    var object: JSONObject = [
      "seq": JSONValue(sequence), "id": JSONValue(id.text), "kind": JSONValue(kind.rawValue),
      "time": JSONValue(time.description), "user": JSONValue(user),
      "edits": JSONValue(edits.map(EditText.json)),
    ]
    if !settings.isEmpty { object["settings"] = JSONValue(settings.map(\.json)) }
    object["message"] = message.map { JSONValue($0) }
    object["reverts"] = reverts.map { JSONValue($0.text) }
    if isPending { object["pending"] = true }
    return .object(object)
  }
}

extension OperationLine {
  /// The line of an operation that was read from the history.
  init(_ operation: LoggedOperation) {
    let record = operation.record
    self.init(
      sequence: record.sequence, id: record.id, time: record.wallClock,
      user: record.author.displayName, kind: record.kind, edits: record.edits,
      settings: record.settings, message: record.author.message, reverts: record.reverts,
      moves: MovesText.moves(record), isPending: operation.isPending)
  }
}

/// The operations that `log` lists, newest first.
struct OperationListing {
  let operations: [OperationLine]

  /// One aligned line for each.
  func lines(style: TextStyle) -> [String] {
    let rows = operations.map { operation in
      var row = operation.columns
      if let message = operation.quotedMessage { row[5] += "  " + message }
      return row
    }
    return AlignedRows.lines(rows, numbers: [0]) { cell, column in
      switch column {
      case 0: style.yellow(cell)
      case 2: style.dim(cell)
      case 4: style.bold(cell)
      default: cell
      }
    }
  }

  /// `{"operations":[…]}`.
  var json: JSONValue { ["operations": JSONValue(operations.map(\.json))] }
}
