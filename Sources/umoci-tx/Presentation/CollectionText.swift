internal import Journal
internal import Store

/// What a garbage collection did, or would do.
struct CollectionText {
  private let report: CollectionReport
  private let layout: String
  private let grace: String
  private let isDryRun: Bool

  private var plan: CollectionPlan { report.plan }

  init(_ report: CollectionReport, layout: String, grace: String, isDryRun: Bool) {
    self.report = report
    self.layout = layout
    self.grace = grace
    self.isDryRun = isDryRun
  }

  /// What is wrong with the layout.
  var warnings: [String] {
    plan.missing.map { "blob \($0) is missing, though index.json needs it" }
      + plan.damaged.map { "blob \($0) is damaged: what it refers to is not known" }
      + plan.unexamined.map {
        "blob \($0) is a document of an unknown type, and too large to be looked into: what it refers to is"
          + " not kept for its sake"
      }
      + plan.unknownFiles.map { "blobs/\($0) is no blob and was left alone" }
  }

  /// The lines for people.
  func lines(style: TextStyle) -> [String] {
    let lines = isDryRun ? planLines : doneLines(style)
    let rest = staleFileLines + spareLines + keptLines + trashLines
    return lines.isEmpty && staleFileLines.isEmpty
      ? ["nothing to collect"] + rest : lines + rest
  }

  private func doneLines(_ style: TextStyle) -> [String] {
    var lines: [String] = []
    if let record = report.withdrawal {
      lines += OutcomeReport.committed(record).lines(style: style)
      if !isDeleted(record) {
        lines.append("  undo: " + command("undo \(record.sequence)"))
      }
    }
    if let record = report.expiry { lines += OutcomeReport.committed(record).lines(style: style) }
    return lines
  }

  /// Whether what an operation moved to the trash was deleted at once.
  private func isDeleted(_ record: OperationRecord) -> Bool {
    let deleted = report.expiry?.details["operations"]?.arrayValue?.elements ?? []
    return deleted.contains { $0.stringValue == record.id.text }
  }

  private var staleFileLines: [String] {
    let verb = isDryRun ? "would remove" : "removed"
    return report.staleTemporaryFiles.map {
      "\(verb) \(TerminalText.escaped($0)), which another tool has left"
    }
  }

  private var spareLines: [String] {
    let young = plan.spared.filter { $0.reason == .young }
    guard !young.isEmpty, !isDryRun else { return [] }
    return [
      "\(Self.total(young)) left alone: in no history and younger than \(grace); "
        + command("gc --grace 0") + " takes that too"
    ]
  }

  /// What gc cannot give back as long as it may be undone, or a bundle is of it.
  private var keptLines: [String] {
    guard !plan.kept.isEmpty else { return [] }
    return [
      "\(Self.total(plan.kept)) \(isDryRun ? "would be" : "are") kept for undo, which reaches back"
        + " \(plan.window) (" + command("settings") + "), or for bundles (" + command("leases")
        + ")"
    ]
  }

  private var trashLines: [String] {
    guard report.left.count > 0 else { return [] }
    let total = Self.total(report.left.count, report.left.bytes)
    return ["\(total) in the trash: " + command("gc --prune") + " gives it back"]
  }

  private func command(_ words: String) -> String {
    "`umoci-tx \(words) --layout \(TerminalText.commandLine([layout]))`"
  }

  private static func total(_ items: [CollectionPlan.Item]) -> String {
    total(Int64(items.count), ByteCount(sum: items.map(\.size)))
  }

  /// `3 blobs, 1.2MB`.
  static func total(_ count: Int64, _ bytes: ByteCount) -> String {
    "\(count) \(count == 1 ? "blob" : "blobs"), \(HumanSize.text(bytes.value))"
  }
}

// MARK: - Dry runs

extension CollectionText {
  private var planLines: [String] {
    section("would go into the trash", plan.withdrawn)
      + section("would move to where only the history finds it", plan.kept)
      + section("would stay for now", plan.spared) + expiryLines
  }

  private func section(_ title: String, _ items: [CollectionPlan.Item]) -> [String] {
    guard !items.isEmpty else { return [] }
    return ["\(title): \(Self.total(items))"]
      + items.map { item in
        let last = item.lastOperation.map { "operation \($0)" } ?? "-"
        return "  \(item.digest)  \(HumanSize.text(item.size))  \(last)  \(reason(item))"
      }
  }

  private var expiryLines: [String] {
    guard report.deleted.count > 0 else { return [] }
    let total = Self.total(report.deleted.count, report.deleted.bytes)
    return ["would delete from the trash: \(total)"]
  }

  private func reason(_ item: CollectionPlan.Item) -> String {
    switch item.reason {
    case .outsideWindow: "no entry needs it, nor any state of the last \(plan.window)"
    case .neverReached: "nothing has ever needed it"
    case .onlyHistory: "only the history needs it"
    case .young: "nothing has ever needed it, but it is younger than \(grace)"
    case .inUse: "an operation at work has staged it"
    case .uncertain: "a damaged document may need it"
    }
  }
}

// MARK: - JSON

extension CollectionText {
  /// Everything.
  var json: JSONValue {
    var object: JSONObject = [
      "outcome": JSONValue(outcome),
      "withdrawn": JSONValue(plan.withdrawn.map(Self.json)),
      "kept": JSONValue(plan.kept.map(Self.json)),
      "spared": JSONValue(plan.spared.map(Self.json)),
      "deleted": Self.json(report.deleted), "trash": Self.json(report.left),
      "missing": JSONValue(plan.missing.map { JSONValue($0.description) }),
      "damaged": JSONValue(plan.damaged.map { JSONValue($0.description) }),
      "unexamined": JSONValue(plan.unexamined.map { JSONValue($0.description) }),
      "strangers": JSONValue(plan.unknownFiles.map { JSONValue($0) }),
      "droppings": JSONValue(report.staleTemporaryFiles.map { JSONValue($0) }),
    ]
    let records = [report.withdrawal, report.expiry].compactMap { $0 }
    object["operations"] = JSONValue(records.map { .object($0.json) })
    return .object(object)
  }

  private var outcome: String {
    if isDryRun { return "planned" }
    return report.withdrawal == nil && report.expiry == nil && report.staleTemporaryFiles.isEmpty
      ? "unchanged" : "committed"
  }

  private static func json(_ total: CollectionReport.Total) -> JSONValue {
    ["blobs": JSONValue(total.count), "bytes": JSONValue(total.bytes.value)]
  }

  private static func json(_ item: CollectionPlan.Item) -> JSONValue {
    var object: JSONObject = [
      "digest": JSONValue(item.digest.description), "size": JSONValue(item.size),
      "reason": JSONValue(word(item.reason)),
    ]
    object["last_operation"] = item.lastOperation.map { JSONValue($0) }
    return .object(object)
  }

  private static func word(_ reason: CollectionPlan.Reason) -> String {
    switch reason {
    case .outsideWindow: "outside-undo-window"
    case .neverReached: "never-reached"
    case .onlyHistory: "only-history"
    case .young: "young"
    case .inUse: "in-use"
    case .uncertain: "uncertain"
    }
  }
}
