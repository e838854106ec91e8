internal import Journal
internal import Store

/// Everything about one operation, as `show` tells it.
struct OperationReport {
  let record: OperationRecord

  /// The lines of the report.
  func lines(style: TextStyle) -> [String] {
    var text = LabelledText()
    text.add("Operation", "\(record.sequence) \(record.id)")
    text.add("Kind", TerminalText.escaped(record.kind.rawValue))
    text.add("Time", "\(record.wallClock.listed), took \(duration)")
    addAuthor(to: &text)
    text.add("Reverts", ifPresent: record.reverts?.text)
    text.add("Recovered", ifPresent: record.recovered.map(TerminalText.escaped))
    text.add("Base", ifPresent: record.baseStamp.map(TerminalText.escaped))
    text.add("Index", indexLines)
    text.add("Tags", record.edits.isEmpty ? ["none changed"] : record.edits.flatMap(Self.edit))
    text.add("Settings", record.settings.map(SettingText.line))
    text.add("Conflicts", record.conflicts.flatMap(Self.conflict))
    text.add("Blobs", blobLines)
    text.add("Details", detailLines)
    text.add("Previous", ifPresent: record.previous?.description)
    return text.lines(style: style)
  }

  /// The record as JSON.
  var json: JSONValue { .object(record.json) }

  private func addAuthor(to text: inout LabelledText) {
    let author = record.author
    let process = "pid \(author.processID), umoci-tx \(author.programVersion)"
    text.add(
      "User", TerminalText.escaped("\(author.displayName) on \(author.hostName) (\(process))"))
    text.add("Command", ifPresent: author.arguments.isEmpty ? nil : commandLine)
    text.add("Folder", TerminalText.escaped(author.workingDirectory))
    let message = author.message?.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    text.add("Message", message?.map { TerminalText.escaped(String($0)) } ?? [])
  }

  private var commandLine: String { TerminalText.commandLine(record.author.arguments) }

  /// Microseconds in the unit that fits.
  private var duration: String {
    let value = max(record.duration, 0)
    if value < 1000 { return "\(value) us" }
    if value < 1_000_000 { return "\(value / 1000).\(value / 100 % 10) ms" }
    return "\(value / 1_000_000).\(value / 100_000 % 10) s"
  }

  private var indexLines: [String] {
    ["\(record.indexBefore?.description ?? "none")", "-> \(record.indexAfter)"]
  }

  private static func edit(_ edit: TagEdit) -> [String] {
    [
      EditText.key(edit.key), "  " + side(edit.before), "  -> " + side(edit.after),
    ]
  }

  private static func conflict(_ conflict: OperationRecord.Conflict) -> [String] {
    [EditText.key(conflict.key), "  another tool wanted " + side(conflict.theirs)]
  }

  private static func side(_ descriptors: [Descriptor]) -> String {
    if descriptors.isEmpty { return "none" }
    return descriptors.map { descriptor in
      let type = TerminalText.escaped(descriptor.mediaType.rawValue)
      return "\(TerminalText.escaped(descriptor.digest.description)) (\(type))"
    }.joined(separator: ", ")
  }

  private var blobLines: [String] {
    [
      ("+", record.addedBlobs), ("to trash", record.moves.withdrawn),
      ("to keep", record.moves.kept), ("back", record.moves.restored),
    ].flatMap { label, blobs in
      blobs.map { "\(label) \($0.digest) \(HumanSize.text($0.size))" }
    }
  }

  private var detailLines: [String] {
    record.details.members.map { member in
      let value = String(decoding: member.value.serialized(), as: UTF8.self)
      return TerminalText.escaped("\(member.name.text): \(member.value.stringValue ?? value)")
    }
  }
}
