internal import Journal
internal import Store

/// Who moved a tag last, as `who` tells it.
struct WhoReport {
  /// The tag.
  let tag: String
  /// What it is in index.json.
  let now: [Descriptor]
  /// Its last move in the history; nil when no operation has recorded that it is there.
  let move: LoggedOperation?

  private var record: OperationRecord? { move?.record }
  private var edit: TagEdit? { record?.edits.first { $0.key == .name(tag) } }

  /// Whether another tool has moved it since, which no record tells yet.
  var isMovedSince: Bool { now.map(\.digest) != (edit?.after ?? []).map(\.digest) }

  /// The lines of the report.
  func lines(style: TextStyle) -> [String] {
    var text = LabelledText()
    text.add("Tag", TerminalText.escaped(tag))
    if let record { add(record, to: &text) }
    if isMovedSince {
      text.add(
        record == nil ? "Who" : "Since then",
        "another tool made it " + Self.side(now) + ", which is not recorded")
    }
    return text.lines(style: style)
  }

  private func add(_ record: OperationRecord, to text: inout LabelledText) {
    text.add("Who", who(record))
    text.add("When", when(record))
    text.add("From", Self.side(edit?.before ?? []))
    text.add("To", Self.side(edit?.after ?? []))
    text.add("Why", ifPresent: record.author.message.map(TerminalText.escaped))
    text.add(
      "Operation",
      "\(record.sequence) \(record.id) \(TerminalText.escaped(record.kind.rawValue))")
    text.add("Reverts", ifPresent: record.reverts?.text)
    text.add(
      "Command",
      ifPresent: record.author.arguments.isEmpty || isFound
        ? nil : TerminalText.commandLine(record.author.arguments))
  }

  /// Whether it was there before the operation that took it into the history.
  private var isFound: Bool { record?.kind == .adopt }

  private func when(_ record: OperationRecord) -> String {
    let time = record.wallClock.listed
    return isFound ? "before \(time)" : time + (move?.isPending == true ? " (pending)" : "")
  }

  /// The user; of a foreign change nothing is known but the owner of the file that he wrote.
  private func who(_ record: OperationRecord) -> String {
    if isFound { return "unknown, before the history" }
    let author = record.author
    guard record.kind == .external else {
      return TerminalText.escaped("\(author.displayName) on \(author.hostName)")
    }
    let written = record.details["written"]?.stringValue.map { ", written \($0)" } ?? ""
    return TerminalText.escaped("another tool, as \(author.displayName)\(written)")
  }

  private static func side(_ descriptors: [Descriptor]) -> String {
    descriptors.isEmpty
      ? "none"
      : descriptors.map { TerminalText.escaped($0.digest.description) }.joined(separator: ", ")
  }

  /// The report as JSON.
  var json: JSONValue {
    guard let record else {
      return .object(["tag": JSONValue(tag), "user": .null, "moved_since": true])
    }
    let author = isFound ? nil : record.author
    var object: JSONObject = [
      "tag": JSONValue(tag), "user": author.map { JSONValue($0.displayName) } ?? .null,
      "host": author.map { JSONValue($0.hostName) } ?? .null,
      "time": JSONValue(record.wallClock.description),
      "kind": JSONValue(record.kind.rawValue), "seq": JSONValue(record.sequence),
      "id": JSONValue(record.id.text),
      "before": JSONValue((edit?.before ?? []).map { .object($0.json) }),
      "after": JSONValue((edit?.after ?? []).map { .object($0.json) }),
      "argv": JSONValue(record.author.arguments.map { JSONValue($0) }),
      "moved_since": .bool(isMovedSince),
    ]
    object["message"] = record.author.message.map { JSONValue($0) }
    object["reverts"] = record.reverts.map { JSONValue($0.text) }
    if move?.isPending == true { object["pending"] = true }
    return .object(object)
  }
}
