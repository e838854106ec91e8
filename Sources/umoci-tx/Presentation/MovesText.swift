internal import Journal
internal import Store

/// What an operation did besides changing tags.
enum MovesText {
  /// The tags that changed, or the blobs that moved; at least something.
  static func summary(_ record: OperationRecord) -> String {
    let moves = moves(record)
    if record.edits.isEmpty, !moves.isEmpty { return moves.joined(separator: ", ") }
    return ([EditText.summary(record.edits)] + moves).joined(separator: ", ")
  }

  /// `withdrew 3 blobs, 1.2MB`.
  static func moves(_ record: OperationRecord) -> [String] {
    let moves = record.moves
    var texts = [
      ("withdrew", moves.withdrawn, ""), ("kept", moves.kept, " for undo"),
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
}
