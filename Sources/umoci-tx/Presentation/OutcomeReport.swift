internal import Journal
internal import Store

/// What a writing command did.
enum OutcomeReport {
  /// Everything was as it should be already.
  case unchanged(reason: String)
  /// A dry run: what would change.
  case planned([TagEdit])
  /// It is done.
  case committed(OperationRecord)

  /// Whether it is the answer to a dry run.
  var isPlan: Bool { if case .planned = self { true } else { false } }

  /// The lines for people.
  func lines(style: TextStyle) -> [String] {
    switch self {
    case .unchanged(let reason): return ["nothing to do: " + TerminalText.escaped(reason)]
    case .planned(let edits):
      return ["would change:"] + edits.map { "  " + EditText.line($0) }
    case .committed(let record):
      let name = "\(style.yellow("\(record.sequence)")) \(record.id.shortForm)"
      let kind = style.bold(TerminalText.escaped(record.kind.rawValue))
      guard record.edits.count > 1 || record.reverts != nil else {
        return ["\(name) \(kind)  \(MovesText.summary(record))"]
      }
      let reverted = record.reverts.map { " of \($0.shortForm)" } ?? ""
      return ["\(name) \(kind)\(reverted)"]
        + (record.edits.map(EditText.line) + MovesText.moves(record)).map { "  " + $0 }
    }
  }

  /// `{"outcome":…}` with the edits of a dry run or the record of an operation.
  var json: JSONValue {
    switch self {
    case .unchanged(let reason):
      ["outcome": "unchanged", "reason": JSONValue(reason)]
    case .planned(let edits):
      ["outcome": "planned", "edits": JSONValue(edits.map(EditText.json))]
    case .committed(let record):
      ["outcome": "committed", "operation": .object(record.json)]
    }
  }
}
