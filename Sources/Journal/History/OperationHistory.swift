public import Store

/// The history of a layout, opened for reading: takes no lock, creates nothing, changes nothing.
///
/// Works on a read-only layout and beside writers. When the database cannot be read, the records
/// below `.ocitx/ops` are read instead.
public final class OperationHistory {
  let layout: ImageLayout
  let control: ControlFolder
  let storage: any JournalStorage
  let database: JournalDatabase
  /// Why the records have to be read instead of the database; nil while they have not.
  public var fallbackReason: String? { database.substitutionReason }

  private init(
    _ layout: ImageLayout, _ control: ControlFolder, _ storage: any JournalStorage,
    _ database: JournalDatabase
  ) {
    self.layout = layout
    self.control = control
    self.storage = storage
    self.database = database
  }

  /// Opens the history of a layout.
  ///
  /// - Returns: Nil when the layout has none: nobody has written to it with this program yet.
  /// - Throws: ``JournalError/newerFormat(path:found:supported:)`` and system errors.
  public static func open(_ layout: ImageLayout) throws(JournalError) -> OperationHistory? {
    guard let control = try ControlFolder.find(in: layout) else { return nil }
    let storage = control.storage(of: layout)
    return try storage.openForReading().map { OperationHistory(layout, control, storage, $0) }
  }

  /// The id of the journal.
  public func storeID() throws(JournalError) -> String {
    try database.meta(MetaKey.storeID) ?? control.format.storeID
  }

  /// The newest operation; nil before the first.
  public func newest() throws(JournalError) -> LoggedOperation? {
    try operations(HistoryFilter(limit: 1)).first
  }

  /// The history that was gone when this one began.
  public func lostHistory() throws(JournalError) -> LostHistory? {
    let first = try database.operation(sequence: 1)
    return (try? first?.verifiedRecord())?.lostHistory
  }

  /// The operations that a filter lets through, newest first.
  ///
  /// Reads as much of the history as it takes, a page at a time.
  public func operations(
    _ filter: HistoryFilter = HistoryFilter()
  ) throws(JournalError) -> [LoggedOperation] {
    var found: [LoggedOperation] = []
    try forEach(filter) { operation in
      found.append(operation)
      return true
    }
    return found
  }

  /// Calls `body` with the operations that a filter lets through, newest first, until it returns
  /// false.
  func forEach(
    _ filter: HistoryFilter, _ body: (LoggedOperation) throws(JournalError) -> Bool
  ) throws(JournalError) {
    var count = 0
    var before = filter.through.map { $0 &+ ($0 < .max ? 1 : 0) } ?? .max
    var expected: Int64?
    while true {
      let page = try page(filter, before: before)
      guard let last = page.last?.sequence else { return }
      for stored in page {
        if filter.tag == nil, let expected, stored.sequence != expected {
          throw .brokenRecord("\(expected)", reason: "it is missing in the database")
        }
        expected = stored.sequence.map { $0 - 1 }
        guard count < filter.limit ?? .max else { return }
        let operation = try load(stored)
        guard filter.lets(operation.record) else { continue }
        guard try body(operation) else { return }
        count += 1
      }
      before = last
    }
  }

  private func page(
    _ filter: HistoryFilter, before: Int64
  ) throws(JournalError) -> [StoredOperation] {
    let limit = Int64(min(filter.limit ?? 256, 256))
    guard let tag = filter.tag else {
      return try database.operations(before: before, limit: limit)
    }
    return try database.operations(editing: .name(tag), before: before, limit: limit)
  }

  func load(_ stored: StoredOperation) throws(JournalError) -> LoggedOperation {
    let isPrepared = stored.state == .prepared
    return LoggedOperation(
      record: try stored.verifiedRecord(), hash: stored.hash ?? Digest.sha256(of: []),
      isPending: isPrepared ? try !isPublished(stored) : false)
  }

  /// Whether a prepared operation was swapped in; its commit may be told with the next one's.
  private func isPublished(_ stored: StoredOperation) throws(JournalError) -> Bool {
    do throws(SyscallError) {
      let stage = try control.stage.openDirectory(stored.id.text)
      let bytes = try stage.readRegularFile(
        IndexExchange.stagedName, limit: ImageLayout.maximumIndexSize)
      guard bytes.map(stored.isPublished(as:)) == true else { return true }
    } catch {
      if error.isNotFound { return true }
      throw .system(error)
    }
    // A copy made in the middle of the swap has the new index at both places.
    return (try? layout.readIndex())?.carriesStamp(of: stored.id) == true
  }

  /// A document that was copied into the journal; nil when it was not.
  public func document(_ digest: Digest) throws(JournalError) -> [UInt8]? {
    try database.document(digest)
  }

  /// The leases of bundles that were there when `gc` or `recover` last looked, sorted by path.
  public func leases() throws(JournalError) -> [Lease] { try database.leases() }

  /// Whether it is still open what a bundle is based on: an operation that refreshes it was
  /// interrupted and could be neither finished nor taken back.
  ///
  /// - Parameters:
  ///   - bundle: The absolute path of the bundle.
  ///   - machine: This machine.
  public func hasPendingRefresh(
    of bundle: String, on machine: String
  ) throws(JournalError) -> Bool {
    try database.refreshes().contains {
      $0.refresh.bundle == bundle && ($0.refresh.place.map { $0.machine == machine } ?? true)
    }
  }

  /// What the history keeps of blobs other than documents.
  public var keptBlobs: KeptBlobs { KeptBlobs(folder: control.keep) }

  /// The value of a setting; nil for its default.
  public func setting(_ name: String) throws(JournalError) -> String? {
    try database.setting(name)
  }
}
