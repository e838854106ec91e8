internal import Journal
internal import Layers
internal import Mutations
internal import Store

/// What a command that adds a layer did, or would do.
struct LayerReport {
  private let outcome: OutcomeReport
  private let findings: LayerFindings

  init(_ outcome: MutationOutcome, _ findings: LayerFindings, tag: String) {
    self.findings = findings
    self.outcome = OutcomeReport(outcome, unchanged: "\(tag) is such an image already")
  }

  /// Writes it as text or as JSON.
  func write(to context: CommandContext, asJSON: Bool) throws {
    if let reason = findings.reason {
      context.messages.log(.info, "every file of the bundle was read: \(reason)")
    }
    if asJSON { return try context.output.document(json) }
    try context.present(outcome, asJSON: false, .quiet)
    guard let changes = findings.changes else { return }
    if outcome.isPlan {
      let style = context.output.style
      for line in lines(changes, style) { try context.output.line(line) }
    } else if findings.layer == nil {
      context.messages.notice("nothing has changed in the bundle: the image gets no layer")
    } else {
      context.messages.notice(Self.summary(changes))
    }
  }

  private func lines(_ changes: [RootfsChange], _ style: TextStyle) -> [String] {
    guard findings.layer != nil else {
      return ["nothing has changed in the bundle: there would be no layer"]
    }
    return ["in the layer:"] + changes.map { "  " + Self.line($0, style) }
      + [Self.summary(changes)]
  }

  private static func line(_ change: RootfsChange, _ style: TextStyle) -> String {
    let path = "/" + TerminalText.escaped(text(change))
    let size = change.size > 0 ? " (\(HumanSize.text(change.size)))" : ""
    return switch change.kind {
    case .added: style.green("+ \(path)") + size
    case .modified: style.yellow("~ \(path)") + size
    case .removed: style.red("- \(path)") + size
    case .hidden: style.red("- \(path == "/" ? "" : path)/*")
    }
  }

  private static func text(_ change: RootfsChange) -> String {
    change.path == [UInt8(ascii: ".")] ? "" : String(decoding: change.path, as: UTF8.self)
  }

  private static func summary(_ changes: [RootfsChange]) -> String {
    let kinds: [(String, [RootfsChange.Kind])] = [
      ("added", [.added]), ("changed", [.modified]), ("removed", [.removed, .hidden]),
    ]
    let counts = kinds.map { word, kinds in
      "\(changes.count { kinds.contains($0.kind) }) \(word)"
    }
    let bytes = ByteCount(sum: changes.filter { $0.kind != .removed }.map(\.size))
    return counts.joined(separator: ", ") + "; \(HumanSize.text(bytes.value)) of files"
  }

  /// The outcome with the layer and, where they are known, the changes.
  private var json: JSONValue {
    var object = outcome.json.objectValue ?? JSONObject()
    object["layer"] = findings.layer.map { .object($0.json) } ?? .null
    object["changes"] = findings.changes.map { changes in
      JSONValue(
        changes.map { change in
          [
            "path": JSONValue("/" + Self.text(change)), "kind": JSONValue(change.kind.rawValue),
            "size": JSONValue(change.size),
          ]
        })
    }
    return .object(object)
  }
}
