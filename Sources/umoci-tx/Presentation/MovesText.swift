internal import Journal
internal import Store

/// What an operation did besides changing tags.
enum MovesText {
  /// The tags that changed, or the settings, or the blobs that moved; at least something.
  static func summary(_ record: OperationRecord) -> String {
    let moves = moves(record)
    if record.edits.isEmpty, !moves.isEmpty { return moves.joined(separator: ", ") }
    return ([EditText.summary(record.edits)] + moves).joined(separator: ", ")
  }

  /// `moved 3 blobs, 1.2MB to the trash`.
  static func moves(_ record: OperationRecord) -> [String] {
    let moves = record.moves
    var texts = [deed(record)].compactMap { $0 } + record.settings.map(SettingText.line)
    texts += [
      ("moved", moves.withdrawn, " to the trash"), ("kept", moves.kept, " for undo"),
      ("brought back", moves.restored, ""),
    ].filter { !$0.1.isEmpty }.map { verb, blobs, place in
      let bytes = ByteCount(sum: blobs.map(\.size))
      return "\(verb) \(CollectionText.total(Int64(blobs.count), bytes))\(place)"
    }
    if record.kind == .expire {
      let count = record.details["blobs"]?.integerValue ?? 0
      let bytes = ByteCount(record.details["bytes"]?.integerValue ?? 0)
      texts.append("deleted \(CollectionText.total(count, bytes)) given back")
    }
    return texts
  }

  /// What the program did by itself, and which tool another one's work was.
  private static func deed(_ record: OperationRecord) -> String? {
    switch record.kind {
    case .exec:
      let words = record.author.arguments
      let tool = words.firstIndex(of: "--").flatMap { words.dropFirst($0 + 1).first }
      return tool.map { "ran \(OperationLine.shortened($0, to: 40))" }
    case .fork:
      let origin = record.details["copied_from"]?.stringValue ?? ""
      return "a copy of \(OperationLine.shortened(origin, to: 11)) went on by itself"
    case .takeOver:
      let host = record.details["host"]?.stringValue ?? ""
      return "took over from the machine of \(OperationLine.shortened(host, to: 40))"
    case .reapply: return "put back what another tool had overwritten"
    case .repair:
      if record.details["missing"] != nil { return "made index.json anew, which was missing" }
      if let reason = record.details["torn"]?.stringValue {
        let why = reason.isEmpty ? "" : ": " + OperationLine.shortened(reason, to: 60)
        return "put index.json back" + why
      }
      let count = record.details["restored"]?.arrayValue?.elements.count ?? 0
      return count == 0 ? nil : "brought back \(count) damaged blob\(count == 1 ? "" : "s")"
    default: return nil
    }
  }
}
