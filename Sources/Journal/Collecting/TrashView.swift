internal import Store

/// What is in the trash and how long it has been there, for whoever may only look.
struct TrashView {
  let control: ControlFolder
  let database: JournalDatabase
  let now: Timestamp
  /// The operation whose trash stays, however old trash may become.
  var heldBack: OperationID?

  private var trash: TrashFolder { TrashFolder(control: control) }

  /// What the trash of some operations holds.
  struct Expiry {
    /// The member of a record's details with the operations whose trash is deleted.
    static let operationsKey = "operations"

    /// The names of their folders, sorted.
    var operations: [String] = []
    /// How many blobs, and the space that deleting them gives back.
    var total = CollectionReport.Total()
    /// The blobs.
    var digests: [Digest] = []

    /// For a record.
    var details: JSONObject {
      [
        Self.operationsKey: JSONValue(operations.map { JSONValue($0) }),
        "blobs": JSONValue(total.count), "bytes": JSONValue(total.bytes.value),
      ]
    }

    /// The names that a record tells of.
    static func operations(of record: OperationRecord) -> [String] {
      let names = record.details[operationsKey]?.arrayValue?.elements ?? []
      return names.compactMap(\.stringValue).filter { OperationID($0) != nil }
    }

    /// What is not in another one.
    func without(_ other: Self) -> Self {
      var rest = self
      rest.operations.removeAll(where: Set(other.operations).contains)
      rest.total.count -= other.total.count
      rest.total.bytes = rest.total.bytes - other.total.bytes
      return rest
    }
  }

  /// The time before which trash is to be deleted.
  ///
  /// - Parameter age: In seconds; nil for the setting.
  func limit(_ age: Int64?) throws(JournalError) -> Timestamp {
    if let age { return now.adding(seconds: -age) }
    return now.adding(seconds: -(try lifetime()))
  }

  /// How long trash is kept, in seconds.
  private func lifetime() throws(JournalError) -> Int64 {
    86400 * (try LayoutSetting.trashDays.number(in: database))
  }

  /// The operations whose trash is there, and was at a time; nil for all.
  func operations(before limit: Timestamp?) throws(JournalError) -> [OperationID] {
    let all = try control.system { () throws(SyscallError) in try trash.operations() }
    guard let limit, !all.isEmpty else { return all }
    let chronology = try database.chronology(now: now)
    var found: [OperationID] = []
    for id in all where id != heldBack {
      if try withdrawal(id, chronology).time <= limit { found.append(id) }
    }
    return found
  }

  /// What the trash holds of those operations.
  func expiry(before limit: Timestamp?) throws(JournalError) -> Expiry {
    var expiry = Expiry()
    for id in try operations(before: limit) {
      expiry.operations.append(id.text)
      try forEachBlob(of: id) { digest, status in
        expiry.total.add(status)
        expiry.digests.append(digest)
      }
    }
    return expiry
  }

  /// What can be brought back, oldest first.
  func withdrawals() throws(JournalError) -> [Withdrawal] {
    let operations = try operations(before: nil)
    guard !operations.isEmpty else { return [] }
    let lifetime = try lifetime()
    let chronology = try database.chronology(now: now)
    var found: [Withdrawal] = []
    for id in operations {
      var total = CollectionReport.Total()
      try forEachBlob(of: id) { _, status in total.add(status) }
      guard total.count > 0 else { continue }
      let (time, stored) = try withdrawal(id, chronology)
      found.append(
        .init(
          id: id, sequence: stored?.sequence, kind: stored?.kind, time: time, total: total,
          expires: time.adding(seconds: lifetime)))
    }
    return found.sorted { ($0.time, $0.id.text) < ($1.time, $1.id.text) }
  }

  /// When, at the latest, an operation moved what is in its trash there, and what the history knows of it.
  private func withdrawal(
    _ id: OperationID, _ chronology: Chronology
  ) throws(JournalError) -> (time: Timestamp, stored: StoredOperation?) {
    let stored = try database.operation(id)
    if let stored, let sequence = stored.sequence {
      return (chronology.latestTime(of: sequence), stored)
    }
    // Its history is lost.
    let status = try control.system { () throws(SyscallError) in
      try control.trash.status(of: id.text)
    }
    return (min(now, Timestamp(secondsSinceEpoch: status?.changeTime.seconds ?? 0)), stored)
  }

  private func forEachBlob(
    of id: OperationID, _ body: (Digest, FileStatus) -> Void
  ) throws(JournalError) {
    try control.system { () throws(SyscallError) in try trash.forEachBlob(of: id.text, body) }
  }
}

extension CollectionReport.Total {
  /// Counts a file in the trash; what has another name gives no space back.
  fileprivate mutating func add(_ status: FileStatus) {
    count += 1
    if status.linkCount == 1 { bytes += status.size }
  }
}
