internal import Journal
internal import Store

/// What recovery and reconciling did, in words.
struct RecoveryText {
  private let report: RecoveryReport

  init(_ report: RecoveryReport) {
    self.report = report
  }

  /// The lines, each with how important it is to somebody who asked for something else.
  var sentences: [(level: LogLevel, text: String)] {
    report.recovered.map { (.warning, Self.recovered($0)) }
      + report.reconciled.flatMap(Self.reconciled)
      + report.endedLeases.map { lease in
        (
          .warning,
          "the bundle \(lease.bundle) is gone, and so is its lease: if it was moved, nothing keeps"
            + " \(lease.manifest.digest) for a repack any more"
        )
      }
      + report.notes.map { (.warning, $0.asTyped) }
  }

  /// Tells a person who ran another command.
  func tell(_ messages: MessageWriter) {
    for sentence in sentences { messages.log(sentence.level, sentence.text) }
  }

  /// The lines of `recover`.
  var lines: [String] {
    report.isEmpty ? ["nothing to recover"] : sentences.map { TerminalText.escaped($0.text) }
  }

  private static func recovered(_ operation: RecoveryReport.Recovered) -> String {
    let kind = operation.kind.map { " (\($0))" } ?? ""
    return "interrupted operation \(operation.id.prefix(8))\(kind) \(operation.outcome.rawValue):"
      + " \(operation.reason)"
  }

  private static func reconciled(
    _ reconciled: RecoveryReport.Reconciled
  ) -> [(level: LogLevel, text: String)] {
    let record = reconciled.record
    var sentences: [(level: LogLevel, text: String)] = []
    if record.kind == .adopt {
      sentences.append(
        (
          .info,
          "the history begins with what index.json has (operation \(record.sequence)):"
            + " \(EditText.summary(record.edits))"
        ))
    } else if record.kind != .reapply {
      sentences.append(
        (
          .info,
          "another tool changed index.json (operation \(record.sequence)):"
            + " \(EditText.summary(record.edits))"
        ))
    }
    if !reconciled.reapplied.isEmpty {
      let tags = reconciled.reapplied.map(EditText.key).joined(separator: ", ")
      sentences.append((.warning, "put back what another tool had overwritten: \(tags)"))
    }
    sentences += record.conflicts.map { conflict in
      (
        .warning,
        "conflict: another tool wanted \(EditText.key(conflict.key)) to be"
          + " \(EditText.side(conflict.theirs)); see `umoci-tx show \(record.sequence)`"
      )
    }
    return sentences
  }

  /// `{"recovered":[…],"settled":[…],"notes":[…]}`.
  var json: JSONValue {
    [
      "recovered": JSONValue(report.recovered.map(Self.json)),
      "settled": JSONValue(report.reconciled.map(Self.json)),
      "ended_leases": JSONValue(report.endedLeases.map { JSONValue($0.bundle) }),
      "notes": JSONValue(report.notes.map { JSONValue($0.asTyped) }),
    ]
  }

  private static func json(_ operation: RecoveryReport.Recovered) -> JSONValue {
    var object: JSONObject = ["id": JSONValue(operation.id)]
    object["kind"] = operation.kind.map { JSONValue($0.rawValue) }
    object["outcome"] = JSONValue(operation.outcome.rawValue)
    object["reason"] = JSONValue(operation.reason)
    return .object(object)
  }

  private static func json(_ reconciled: RecoveryReport.Reconciled) -> JSONValue {
    let healed = reconciled.reapplied.map { key -> JSONValue in
      switch key {
      case .name(let name): ["ref": JSONValue(name)]
      case .unnamed(let digest): ["unnamed": JSONValue(digest.description)]
      }
    }
    return ["operation": .object(reconciled.record.json), "healed": JSONValue(healed)]
  }
}
