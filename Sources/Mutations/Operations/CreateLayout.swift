public import Journal
internal import Store

/// Creates a layout with its journal: the first operation of its history.
public enum CreateLayout {
  /// Creates an empty layout at a path where nothing is yet; umoci-behaviour §1.7 `init`.
  ///
  /// Its index.json carries a stamp from the start, so that no foreign writer ever sees an unstamped
  /// one. Complete and durable when it appears (full durability), and it appears at once.
  ///
  /// - Returns: The record of the creation.
  /// - Throws: ``LayoutError/exists(path:)`` and system errors; nothing is left behind.
  public static func run(
    at path: String, _ invocation: Invocation, _ options: WritingOptions
  ) throws -> OperationRecord? {
    try JournalPlace.refuse(path)
    var record: OperationRecord?
    _ = try LayoutCreation.create(
      at: path, durability: options.durability, randomBytes: invocation.randomBytes
    ) { layout in
      let journal = try OperationJournal(writing: layout, invocation, options)
      let transaction = try journal.begin(.initialize, stages: false)
      let prepared = try transaction.prepare { _ in .init(edits: [], isForced: true) }
      record = try Self.commit(prepared)
    }
    return record
  }

  /// Whatever index.json is like, nobody sees it before the layout has its name: what is not done
  /// entirely goes with the folder.
  private static func commit(
    _ prepared: consuming PreparedTransaction?
  ) throws(JournalError) -> OperationRecord? {
    do throws(JournalError) { return try prepared?.commit().0 } catch {
      switch error {
      case .notDurable(let cause): throw .system(cause)
      case .undecided(let cause): throw cause
      default: throw error
      }
    }
  }
}
