internal import Journal
internal import Mutations
internal import Store

/// What a repair did, or would do.
struct RepairText {
  private let outcome: RepairLayout.Outcome
  /// Whether nothing was done.
  let isDryRun: Bool

  init(_ outcome: RepairLayout.Outcome, isDryRun: Bool) {
    self.outcome = outcome
    self.isDryRun = isDryRun
  }

  /// The lines for people.
  var lines: [String] {
    let verb = isDryRun ? "would restore" : "restored"
    let removing = isDryRun ? "would remove" : "removed"
    var lines = outcome.recovery.isEmpty ? [] : RecoveryText(outcome.recovery).lines
    lines += outcome.notes.map { TerminalText.escaped($0.asTyped) }
    lines += outcome.restored.map { "\(verb) \($0.digest) from \($0.from)" }
    lines += outcome.journalFindings.map {
      TerminalText.escaped("would mend \($0.code): \($0.subject)")
    }
    lines += outcome.beyondRepair.map { "no good copy of \($0)" }
    lines += outcome.removedTags.map { "\(removing) tag \(TerminalText.escaped($0))" }
    if let record = outcome.record {
      lines.append("operation \(record.sequence) \(record.id.shortForm) \(record.kind)")
    }
    return lines
  }

  /// The same as JSON.
  var json: JSONValue {
    var object: JSONObject = [
      "dry_run": .bool(isDryRun),
      "notes": JSONValue(outcome.notes.map { JSONValue($0.asTyped) }),
      "restored": JSONValue(
        outcome.restored.map {
          ["digest": JSONValue($0.digest.description), "from": JSONValue($0.from)]
        }),
      "would_mend": JSONValue(outcome.journalFindings.map(VerificationReport.json)),
      "beyond_repair": JSONValue(outcome.beyondRepair.map { JSONValue($0.description) }),
      "removed_tags": JSONValue(outcome.removedTags.map { JSONValue($0) }),
      "recovery": RecoveryText(outcome.recovery).json,
    ]
    object["operation"] = outcome.record.map { .object($0.json) }
    return .object(object)
  }
}
