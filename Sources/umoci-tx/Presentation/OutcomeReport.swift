internal import Journal
internal import Mutations
internal import Store

/// What a writing command did.
enum OutcomeReport {
  /// Everything was as it should be already.
  case unchanged(reason: String)
  /// A dry run: what would change.
  case planned([TagEdit], settings: [SettingEdit] = [])
  /// It is done.
  case committed(OperationRecord)

  /// What became of a mutation.
  ///
  /// - Parameter unchanged: Why nothing had to be done, if so.
  init(_ outcome: MutationOutcome, unchanged: @autoclosure () -> String) {
    switch outcome {
    case .unchanged: self = .unchanged(reason: unchanged())
    case .planned(let edits, let settings): self = .planned(edits, settings: settings)
    case .committed(let record): self = .committed(record)
    }
  }

  /// Whether it is the answer to a dry run.
  var isPlan: Bool { if case .planned = self { true } else { false } }

  /// The lines for people.
  func lines(style: TextStyle) -> [String] {
    switch self {
    case .unchanged(let reason): return ["nothing to do: " + TerminalText.escaped(reason)]
    case .planned(let edits, let settings):
      return ["would change:"]
        + (edits.map(EditText.line) + settings.map(SettingText.line)).map { "  " + $0 }
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

  private static func planned(_ edits: [TagEdit], _ settings: [SettingEdit]) -> JSONObject {
    var object: JSONObject = [
      "outcome": "planned", "edits": JSONValue(edits.map(EditText.json)),
    ]
    if !settings.isEmpty { object["settings"] = JSONValue(settings.map(\.json)) }
    return object
  }

  /// `{"outcome":…}` with the edits of a dry run or the record of an operation.
  var json: JSONValue {
    switch self {
    case .unchanged(let reason):
      ["outcome": "unchanged", "reason": JSONValue(reason)]
    case .planned(let edits, let settings):
      .object(Self.planned(edits, settings))
    case .committed(let record):
      ["outcome": "committed", "operation": .object(record.json)]
    }
  }
}
