internal import Store

/// What is in the trash and how long it has been there, for whoever may only look.
struct TrashView {
  let control: ControlFolder
  let database: JournalDatabase

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
        "blobs": JSONValue(total.count), "bytes": JSONValue(total.bytes),
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
      rest.total.bytes -= other.total.bytes
      return rest
    }
  }

  /// The time before which trash is to be deleted.
  ///
  /// - Parameter age: In seconds; nil for the setting.
  func limit(_ age: Int64?, now: Timestamp) throws(JournalError) -> Timestamp {
    if let age { return now.adding(seconds: -age) }
    return now.adding(seconds: -86400 * (try LayoutSetting.trashDays.number(in: database)))
  }

  /// The operations whose trash is there, and was at a time; nil for all.
  func operations(before limit: Timestamp?) throws(JournalError) -> [OperationID] {
    var found: [OperationID] = []
    for id in try system({ () throws(SyscallError) in try trash.operations() }) {
      if let limit, try withdrawalTime(id) > limit { continue }
      found.append(id)
    }
    return found
  }

  /// What the trash holds of those operations.
  func expiry(before limit: Timestamp?) throws(JournalError) -> Expiry {
    var expiry = Expiry()
    for id in try operations(before: limit) {
      expiry.operations.append(id.text)
      try system { () throws(SyscallError) in
        try trash.forEachBlob(of: id.text) { digest, status in
          expiry.total.count += 1
          if status.linkCount == 1 { expiry.total.bytes += status.size }
          expiry.digests.append(digest)
        }
      }
    }
    return expiry
  }

  /// When an operation withdrew what is in its trash.
  private func withdrawalTime(_ id: OperationID) throws(JournalError) -> Timestamp {
    if let stored = try database.operation(id), let time = try? Timestamp(parsing: stored.started) {
      return time
    }
    // Its history is lost.
    let status = try system { () throws(SyscallError) in try control.trash.status(of: id.text) }
    return Timestamp(secondsSinceEpoch: status?.changeTime.seconds ?? 0)
  }

  private func system<Result>(
    _ body: () throws(SyscallError) -> Result
  ) throws(JournalError) -> Result {
    do throws(SyscallError) { return try body() } catch { throw .system(error) }
  }
}
