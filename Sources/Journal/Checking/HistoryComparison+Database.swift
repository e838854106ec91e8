internal import Store

/// What the database holds beside the history.
extension HistoryComparison {
  private var databasePath: String { ".ocitx/" + database.name }

  mutating func compareEverything() throws(JournalError) {
    try compareSchema()
    try compareMeta()
    try compareHomeless()
    try compareSnapshots()
    try compareDocuments()
    try comparePins()
    try compareLeases()
    try compareReferences()
    try compareWork()
  }

  /// The tables must be those of the version that the database says it is of.
  mutating func compareSchema() throws(JournalError) {
    guard let strange = try database.strangeTables().first else { return }
    let name = strange.split(separator: " ").prefix(2).joined(separator: " ")
    differ(
      .other(databasePath), .journalDatabase, "its tables are not as they should be: \(name)")
  }

  mutating func compareMeta() throws(JournalError) {
    let id = try database.meta(MetaKey.storeID)
    if let id, id != control.format.storeID {
      if let fork = try interruptedFork() {
        return differ(
          .operation(fork), .operationUnfinished,
          "the id of this copy is not in .ocitx/format yet; the next writing command writes it")
      }
      differ(
        .other(".ocitx/format"), .journalStore,
        "it names store \(control.format.storeID), and the database \(id)")
    } else if id == nil, try database.head() != nil {
      differ(
        .other(databasePath), .journalStore,
        "it has a history, and does not name its store")
    }
    guard let stored = try LayoutIdentity(remembered: database),
      let identity = try? LayoutIdentity(of: layout, control), !stored.isSameLayout(as: identity)
    else { return }
    differ(
      .other(layout.path), .layoutCopied,
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

  mutating func compareHomeless() throws(JournalError) {
    for row in try database.homelessRows() {
      let state = OperationState(rawValue: row.state)
      if OperationID(row.id) == nil || state == nil || !row.isSound {
        differ(
          .homeless(row.id, isSound: false), .recordRow, "its row cannot be what was written")
      } else if row.state == OperationState.committed.rawValue {
        differ(
          .homeless(row.id, isSound: true), .recordRow, "it is committed and has no place")
      } else if state == .prepared {
        differ(
          .homeless(row.id, isSound: true), .operationUnfinished,
          "it waits to be done on top of another tool's change")
      }
    }
    for sequence in try database.straySequencesOfEdits() {
      differ(
        .strayEdits(sequence), .recordRow, "the database has edits of it and no operation")
    }
  }

  mutating func compareSnapshots() throws(JournalError) {
    for sequence in try database.snapshotSequences() {
      guard let snapshot = try database.auditedSnapshot(sequence) else { continue }
      let digest = Digest.sha256(of: snapshot.bytes).description
      if snapshot.indexAfter == digest { continue }
      differ(
        .snapshot(sequence), .snapshotChanged,
        "the index that was kept of it is not the one of its record")
    }
  }

  mutating func compareDocuments() throws(JournalError) {
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
          differ(
            .document(text), .documentCopy, "a copy in the database has this name")
          continue
        }
        hasher.update(bytes)
        let actual = hasher.finalize()
        if actual == digest { continue }
        differ(
          .document(text), .documentCopy, "the copy in the database has content \(actual)")
      }
    }
  }

  /// Whatever is pinned must be copied, linked, or still there.
  mutating func comparePins() throws(JournalError) {
    var last = ""
    while true {
      let page = try database.auditedPins(after: last, limit: 256)
      if page.isEmpty { return }
      for (text, isCopied) in page {
        guard text > last else { return }
        last = text
        if isCopied || isThere(text) { continue }
        differ(
          .pin(text), .keptMissing, "the history should keep it, and it is nowhere")
      }
    }
  }

  private func isThere(_ text: String) -> Bool {
    guard let digest = try? Digest(parsing: text) else { return false }
    let finder = ContentFinder(layout, control, nil)
    return ((try? finder.find(digest, in: ContentFinder.Place.files)) ?? nil) != nil
  }

  mutating func compareLeases() throws(JournalError) {
    let leases = try database.leases()
    if try Int64(leases.count) != database.leaseCount() {
      differ(
        .other(databasePath), .leaseInvalid, "a lease in it cannot be read")
    }
    for lease in leases {
      let digest = lease.manifest.digest
      let isHeld = try database.hasDocument(digest) || isThere(digest.description)
      if isHeld { continue }
      differ(
        .lease(lease.bundle), .leaseInvalid, "its image \(digest) is not there")
    }
  }
}
