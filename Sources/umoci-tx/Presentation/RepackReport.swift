internal import Journal
internal import Layers
internal import Mutations
internal import Store

/// What `repack` did, or would do.
struct RepackReport {
  private let outcome: OutcomeReport
  private let findings: RepackBundle.Findings

  init(_ outcome: MutationOutcome, _ findings: RepackBundle.Findings, tag: String) {
    self.findings = findings
    switch outcome {
    case .unchanged: self.outcome = .unchanged(reason: "\(tag) is such an image already")
    case .planned(let edits): self.outcome = .planned(edits)
    case .committed(let record): self.outcome = .committed(record)
    }
  }

  /// Writes it as text or as JSON.
  func write(to context: CommandContext, asJSON: Bool) throws {
    if let reason = findings.reason {
      context.messages.log(.info, "every file of the bundle was read: \(reason)")
    }
    if asJSON { return try context.output.document(json) }
    try context.present(outcome, asJSON: false, .quiet)
    if outcome.isPlan {
      let style = context.output.style
      for line in lines(style) { try context.output.line(line) }
    } else if findings.changes.isEmpty {
      context.messages.notice("nothing has changed in the bundle: the image gets no layer")
    } else {
      context.messages.notice(summary)
    }
  }

  private func lines(_ style: TextStyle) -> [String] {
    guard !findings.changes.isEmpty else {
      return ["nothing has changed in the bundle: there would be no layer"]
    }
    return ["in the layer:"] + findings.changes.map { "  " + line($0, style) } + [summary]
  }

  private func line(_ change: RootfsChange, _ style: TextStyle) -> String {
    let path = "/" + TerminalText.escaped(Self.text(change))
    let size = change.size > 0 ? " (\(HumanSize.text(change.size)))" : ""
    return switch change.kind {
    case .added: style.green("+ \(path)") + size
    case .modified: style.yellow("~ \(path)") + size
    case .removed: style.red("- \(path)") + size
    }
  }

  private static func text(_ change: RootfsChange) -> String {
    change.path == [UInt8(ascii: ".")] ? "" : String(decoding: change.path, as: UTF8.self)
  }

  private var summary: String {
    let counts = [RootfsChange.Kind.added, .modified, .removed].map { kind in
      (kind.word, findings.changes.filter { $0.kind == kind }.count)
    }
    let bytes = findings.changes.filter { $0.kind != .removed }.reduce(Int64(0)) { $0 + $1.size }
    return counts.map { "\($1) \($0)" }.joined(separator: ", ")
      + "; \(HumanSize.text(bytes)) of files"
  }

  /// The outcome with the layer and the changes.
  var json: JSONValue {
    var object = outcome.json.objectValue ?? JSONObject()
    object["layer"] = findings.layer.map { .object($0.json) } ?? .null
    object["changes"] = JSONValue(
      findings.changes.map { change in
        [
          "path": JSONValue("/" + Self.text(change)), "kind": JSONValue(change.kind.rawValue),
          "size": JSONValue(change.size),
        ]
      })
    return .object(object)
  }
}

extension RootfsChange.Kind {
  fileprivate var word: String {
    switch self {
    case .added: "added"
    case .modified: "changed"
    case .removed: "removed"
    }
  }
}
