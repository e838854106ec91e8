internal import Store

/// Looks at what the database holds beside the history.
struct DatabaseAudit {
  let layout: ImageLayout
  let control: ControlFolder
  let database: JournalDatabase

  private static let subject = ".ocitx/journal.db"

  func run(_ report: inout AuditReport) throws(JournalError) {
    try checkSchema(&report)
    try checkMeta(&report)
    try checkHomeless(&report)
    try checkSnapshots(&report)
    try checkDocuments(&report)
    try checkPins(&report)
    try checkLeases(&report)
    try MemoryAudit(layout: layout, control: control, database: database).run(&report)
  }

  /// The tables must be those of the version that the database says it is of.
  private func checkSchema(_ report: inout AuditReport) throws(JournalError) {
    let version = try database.schemaVersion()
    let expected = try JournalDatabase.makeInMemory(version: version).schema()
    let found = try database.schema()
    guard found != expected else { return }
    let strange = Set(found).symmetricDifference(expected).sorted().first ?? ""
    let name = strange.split(separator: " ").prefix(2).joined(separator: " ")
    report.add(
      .journalDatabase, subject: Self.subject, "its tables are not as they should be: \(name)")
  }

  private func checkMeta(_ report: inout AuditReport) throws(JournalError) {
    let id = try database.meta(MetaKey.storeID)
    if let id, id != control.format.storeID {
      if let fork = try interruptedFork() {
        return report.add(
          .operationUnfinished, at: fork,
          "the id of this copy is not in .ocitx/format yet; the next writing command writes it")
      }
      report.add(
        .journalStore, subject: ".ocitx/format",
        "it names store \(control.format.storeID), and the database \(id)")
    } else if id == nil, try database.head() != nil {
      report.add(
        .journalStore, subject: Self.subject,
        "it has a history, and does not name its store")
    }
    guard let stored = try LayoutIdentity(remembered: database),
      let identity = try? LayoutIdentity(of: layout, control), !stored.isSameLayout(as: identity)
    else { return }
    report.add(
      .layoutCopied, subject: layout.path,
      "it is a copy of another layout; its next operation gives it a history of its own")
  }

  /// The number of the last operation, if it made the layout a history of its own and `format` still
  /// names the one that it is a copy of.
  private func interruptedFork() throws(JournalError) -> Int64? {
    guard let head = try database.head(),
      let record = try database.operation(head.id)?.verifiedRecord(), record.kind == .fork,
      record.details["copied_from"]?.stringValue == control.format.storeID
    else { return nil }
    return head.sequence
  }

  private func checkHomeless(_ report: inout AuditReport) throws(JournalError) {
    for row in try database.homelessRows().prefix(AuditReport.limit) {
      let state = OperationState(rawValue: row.state)
      if OperationID(row.id) == nil || state == nil || !row.isSound {
        report.add(
          .recordRow, subject: "operation \(row.id)", "its row cannot be what was written")
      } else if row.state == OperationState.committed.rawValue {
        report.add(
          .recordRow, subject: "operation \(row.id)", "it is committed and has no place")
      } else if state == .prepared {
        report.add(
          .operationUnfinished, subject: "operation \(row.id)",
          "it waits to be done on top of another tool's change")
      }
    }
    for sequence in try database.straySequencesOfEdits() {
      report.add(.recordRow, at: sequence, "the database has edits of it and no operation")
    }
  }

  private func checkSnapshots(_ report: inout AuditReport) throws(JournalError) {
    for sequence in try database.snapshotSequences() {
      guard let snapshot = try database.auditedSnapshot(sequence) else { continue }
      let digest = Digest.sha256(of: snapshot.bytes).description
      if snapshot.indexAfter == digest { continue }
      report.add(
        .snapshotChanged, at: sequence,
        "the index that was kept of it is not the one of its record")
    }
  }

  private func checkDocuments(_ report: inout AuditReport) throws(JournalError) {
    var last = ""
    while true {
      let page = try database.auditedDocuments(after: last, limit: 16)
      if page.isEmpty { return }
      for (text, bytes) in page {
        report.documentCount += 1
        guard text > last else { return }
        last = text
        guard let digest = try? Digest(parsing: text),
          var hasher = try? ContentHasher(digest.algorithm)
        else {
          report.add(.documentCopy, subject: text, "a copy in the database has this name")
          continue
        }
        hasher.update(bytes)
        let actual = hasher.finalize()
        if actual == digest { continue }
        report.add(
          .documentCopy, subject: text, "the copy in the database has content \(actual)")
      }
    }
  }

  /// Whatever is pinned must be copied, linked, or still there.
  func checkPins(_ report: inout AuditReport) throws(JournalError) {
    var last = ""
    while true {
      let page = try database.auditedPins(after: last, limit: 256)
      if page.isEmpty { return }
      for (text, isCopied) in page {
        guard text > last else { return }
        last = text
        if isCopied || isThere(text) { continue }
        report.add(.keptMissing, subject: text, "the history should keep it, and it is nowhere")
      }
    }
  }

  private func isThere(_ text: String) -> Bool {
    guard let digest = try? Digest(parsing: text) else { return false }
    let finder = ContentFinder(layout, control, nil)
    return ((try? finder.find(digest, in: ContentFinder.Place.files)) ?? nil) != nil
  }

  private func checkLeases(_ report: inout AuditReport) throws(JournalError) {
    let leases = try database.leases()
    if try Int64(leases.count) != database.leaseCount() {
      report.add(.leaseInvalid, subject: Self.subject, "a lease in it cannot be read")
    }
    for lease in leases {
      let digest = lease.manifest.digest
      let isHeld = try database.hasDocument(digest) || isThere(digest.description)
      if isHeld { continue }
      report.add(
        .leaseInvalid, subject: "bundle \(lease.bundle)", "its image \(digest) is not there")
    }
  }
}
