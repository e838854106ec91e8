internal import Journal
internal import Mutations
internal import Store

/// What `verify` tells.
struct VerificationReport {
  let path: String
  let verification: LayoutVerification
  /// What a repair has done before, if one was asked for.
  var repair: RepairText?

  /// How many notes of one code are listed for people.
  private static let listedNotes = 10

  /// One line for each finding, then how much was looked at.
  func lines(style: TextStyle) -> [String] {
    let problems = verification.findings.filter(\.isProblem)
    return (repair?.lines ?? [])
      + problems.map { Self.line($0, style.red($0.code.rawValue)) } + noteLines(style)
      + [summary(style)] + hints
  }

  /// What to do next, when something is damaged.
  private var hints: [String] {
    guard !verification.isSound else { return [] }
    if repair?.isDryRun != false, mayHaveCopies {
      let command = TerminalText.commandLine(["umoci-tx", "verify", "--repair", "--layout", path])
      return ["hint: `\(command)` puts back what has a good copy"]
    }
    guard repair != nil else { return [Self.manual] }
    let tags = Set(verification.findings.filter(\.isProblem).flatMap(\.tags)).sorted()
    guard !tags.isEmpty else { return [Self.manual] }
    let names =
      tags.prefix(5).map(TerminalText.escaped).joined(separator: ", ")
      + (tags.count > 5 ? " and others" : "")
    let log = TerminalText.commandLine([
      "umoci-tx", "log", "--tag", tags[0], "--layout", path,
    ])
    return [
      "hint: copy the image again for \(names), set it back (`\(log)` lists what it was),"
        + " or give it up with `--repair --remove-tag`"
    ]
  }

  private static let manual = "hint: docs/findings.md says for each code what can be done"

  /// Whether there is a journal, as far as can be told: without one nothing has a second copy.
  private var mayHaveCopies: Bool {
    let codes = Set(verification.findings.filter(\.isProblem).map(\.code))
    return verification.counts.records > 0 || codes.contains(.layoutInvalid)
      || !codes.isDisjoint(with: LayoutFinding.Code.ofJournals)
  }

  private func noteLines(_ style: TextStyle) -> [String] {
    var counts: [LayoutFinding.Code: Int] = [:]
    var lines: [String] = []
    for note in verification.findings where !note.isProblem {
      counts[note.code, default: 0] += 1
      if counts[note.code, default: 0] > Self.listedNotes { continue }
      lines.append("note: " + Self.line(note, style.yellow(note.code.rawValue)))
    }
    let more = counts.filter { $0.value > Self.listedNotes }.sorted {
      $0.key.rawValue < $1.key.rawValue
    }
    return lines
      + more.map { "note: \($0.key): and \($0.value - Self.listedNotes) more; --json lists them" }
  }

  private static func line(_ finding: LayoutFinding, _ code: String) -> String {
    let tags = finding.tags == [finding.subject] ? "" : inTags(finding.tags)
    return "\(code): " + TerminalText.escaped("\(finding.subject): \(finding.message)\(tags)")
  }

  /// How many tags are named.
  private static let listedTags = 3

  /// ` (in latest, 1.0, 1.1 and 1 more)`.
  private static func inTags(_ tags: [String]) -> String {
    guard !tags.isEmpty else { return "" }
    let more = tags.count > listedTags ? " and \(tags.count - listedTags) more" : ""
    return " (in \(tags.prefix(listedTags).joined(separator: ", "))\(more))"
  }

  private func summary(_ style: TextStyle) -> String {
    let counts = verification.counts
    let what =
      "\(counts.entries) entries, \(counts.documents) documents,"
      + " \(counts.blobs) other blobs (\(HumanSize.text(counts.bytes.value))),"
      + " \(counts.records) records, \(counts.copies) kept copies"
    let count = verification.problemCount
    if count == 0 { return style.green("sound:") + " " + what }
    return style.red(count == 1 ? "1 finding:" : "\(count) findings:") + " " + what
  }

  /// The report as JSON.
  var json: JSONValue {
    let findings = verification.findings
    let counts = verification.counts
    var object: JSONObject = [
      "layout": JSONValue(path), "sound": .bool(verification.isSound),
      "findings": JSONValue(findings.filter(\.isProblem).map(Self.json)),
      "notes": JSONValue(findings.filter { !$0.isProblem }.map(Self.json)),
      "checked": [
        "entries": JSONValue(Int64(counts.entries)),
        "documents": JSONValue(Int64(counts.documents)),
        "blobs": JSONValue(Int64(counts.blobs)), "bytes": JSONValue(counts.bytes.value),
        "unreferenced": JSONValue(counts.unreferenced),
        "unreferenced_bytes": JSONValue(counts.unreferencedBytes.value),
        "records": JSONValue(counts.records), "copies": JSONValue(counts.copies),
      ],
    ]
    object["repair"] = repair?.json
    return .object(object)
  }

  /// A finding as JSON.
  static func json(_ finding: LayoutFinding) -> JSONValue {
    var object: JSONObject = [
      "code": JSONValue(finding.code.rawValue), "subject": JSONValue(finding.subject),
      "message": JSONValue(finding.message),
    ]
    object["tag"] = finding.tag.map { JSONValue($0) }
    if !finding.tags.isEmpty { object["tags"] = JSONValue(finding.tags.map { JSONValue($0) }) }
    return .object(object)
  }
}
