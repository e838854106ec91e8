internal import Journal
internal import Store

/// What `audit verify` tells.
struct AuditText {
  private let audit: AuditReport
  private let path: String

  init(_ audit: AuditReport, path: String) {
    self.audit = audit
    self.path = path
  }

  /// Whether nothing is wrong, and nothing gone.
  var isWhole: Bool { audit.isWhole }

  /// The findings in the order of the history, then what was looked at.
  func lines(style: TextStyle) -> [String] {
    var lines: [String] = []
    let first = audit.findings.firstIndex { $0 == audit.firstBreak }
    if let first {
      lines.append(style.bold("first break:") + " " + Self.line(audit.findings[first], style))
    }
    for (index, finding) in audit.findings.enumerated() where index != first {
      lines.append((finding.isProblem ? "" : "note: ") + Self.line(finding, style))
    }
    if let reason = audit.fallbackReason {
      lines.append(TerminalText.escaped("only the files in ops/ were read: \(reason)"))
    }
    return lines + [summary(style)]
  }

  private static func line(_ finding: LayoutFinding, _ style: TextStyle) -> String {
    (finding.isProblem ? style.red("\(finding.code)") : style.yellow("\(finding.code)")) + ": "
      + TerminalText.escaped("\(finding.subject): \(finding.message)")
  }

  private func summary(_ style: TextStyle) -> String {
    let count = audit.findings.count(where: \.isProblem)
    let verdict: String
    if audit.isWhole {
      verdict = style.green("whole:")
    } else if count == 0, let lost = audit.lost {
      verdict = style.red("not whole, \(lost.summary):")
    } else {
      verdict = style.red(count == 1 ? "1 finding:" : "\(count) findings:")
    }
    let head = audit.head.map { ", head \($0.hash.encoded)" } ?? ""
    return "\(verdict) \(audit.recordCount) records\(head)"
  }

  /// The report as JSON.
  var json: JSONValue {
    var object: JSONObject = [
      "layout": JSONValue(path), "whole": .bool(isWhole),
      "records": JSONValue(audit.recordCount),
    ]
    object["head"] = audit.head.map(Self.json)
    object["first_break"] = audit.firstBreak.map(VerificationReport.json)
    object["lost_history"] = audit.lost.map(\.json)
    object["fallback_reason"] = audit.fallbackReason.map { JSONValue($0) }
    object["findings"] = JSONValue(
      audit.findings.filter(\.isProblem).map(VerificationReport.json))
    object["notes"] = JSONValue(
      audit.findings.filter { !$0.isProblem }.map(VerificationReport.json))
    return .object(object)
  }

  /// The end of a history as JSON.
  static func json(_ head: AuditReport.Head) -> JSONValue {
    [
      "seq": JSONValue(head.sequence), "id": JSONValue(head.id),
      "hash": JSONValue(head.hash.description), "time": JSONValue(head.time.description),
    ]
  }
}

extension LostHistory {
  /// What is lost as JSON.
  var json: JSONValue {
    var object: JSONObject = ["stamp": JSONValue(stamp)]
    object["operations"] = operationCount.map { JSONValue($0) }
    return .object(object)
  }
}
