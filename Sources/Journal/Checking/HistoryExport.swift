public import Store

/// Which operations are exported.
public struct ExportFilter: Sendable {
  /// Only operations that changed one of these tags; all when empty.
  public var tags: Set<String> = []
  /// Only operations at that moment or later.
  public var since: Timestamp?
  /// Only operations of one of these users, by name, by id, or by the name behind sudo(8).
  public var users: Set<String> = []
  /// Only operations of one of these kinds.
  public var kinds: Set<String> = []

  /// Wants everything.
  public init() {}

  /// Whether an operation is wanted.
  func lets(_ record: OperationRecord) -> Bool {
    var filter = HistoryFilter(since: since)
    (filter.users, filter.kinds) = (users, kinds)
    guard filter.lets(record) else { return false }
    return tags.isEmpty
      || record.edits.contains { edit in
        if case .name(let name) = edit.key { tags.contains(name) } else { false }
      }
  }
}

/// The history in full, oldest operation first, for those who keep it elsewhere.
extension OperationHistory {
  /// Calls `body` with the hash and the exact bytes of each record that a filter lets through.
  ///
  /// Reads the history a page at a time. What is prepared and not published is left out.
  ///
  /// - Throws: ``JournalError/brokenRecord(_:reason:)`` at the first record that does not match its
  ///   hash or does not continue the chain, whether it is wanted or not; what `body` throws.
  public func export(
    _ filter: ExportFilter, _ body: (_ hash: Digest, _ record: [UInt8]) throws -> Void
  ) throws {
    var sequence: Int64 = 0
    var previous: Digest?
    while true {
      let page = try database.operations(after: sequence, limit: 256)
      if page.isEmpty { return }
      for stored in page {
        let record = try stored.verifiedRecord()
        guard record.sequence == sequence + 1, record.previous == previous,
          let bytes = stored.recordBytes, let hash = stored.hash
        else {
          throw JournalError.brokenRecord(
            "\(record.sequence)", reason: "it does not continue the record before it")
        }
        sequence = record.sequence
        previous = hash
        guard filter.lets(record), try !load(stored).isPending else { continue }
        try body(hash, bytes)
      }
    }
  }
}
