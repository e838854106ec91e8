internal import Journal
internal import Store

/// A layout that a command reads: takes no lock and creates nothing.
struct ReadableLayout {
  let layout: ImageLayout

  /// Opens the layout at a path.
  init(_ path: String) throws {
    layout = try ImageLayout.open(path)
  }

  /// Opens the layout at a path for its history, which can be read although the layout is damaged.
  init(historyAt path: String) throws {
    layout = try ImageLayout.openForHistory(path)
  }

  /// The history; nil when nobody has written to the layout with this program yet.
  func historyIfAny() throws -> OperationHistory? { try OperationHistory.open(layout) }

  /// The history, of a command that cannot do without.
  func history() throws -> OperationHistory {
    if let history = try historyIfAny() { return history }
    if let lost = LostHistory(removedFrom: layout) {
      throw JournalError.historyRemoved(path: layout.path, loss: lost.removal)
    }
    throw JournalError.noHistory(path: layout.path)
  }

  /// Refuses a tag that is neither in the layout nor anywhere in its history.
  func checkKnown(_ tag: String, in history: OperationHistory) throws {
    guard try history.operations(HistoryFilter(tag: tag, limit: 1)).isEmpty else { return }
    let index = try layout.readIndex().index
    guard index.entries(named: tag).isEmpty else { return }
    throw ReferenceError.notFound(
      name: tag, similar: SimilarNames.find(tag, among: index.referenceNames))
  }

  /// The index as it is, or as it was after an operation.
  ///
  /// While another tool leaves index.json torn, or it is gone, the last state that the journal knows is
  /// given.
  func index(atOperation operation: OperationReference?, _ messages: MessageWriter) throws
    -> ImageIndex
  {
    if let operation {
      let history = try history()
      return try history.index(after: history.operation(operation).record.sequence)
    }
    do throws(LayoutError) {
      return try layout.readIndex().index
    } catch {
      guard error.damage != nil, let history = try historyIfAny(),
        let newest = try history.newest()
      else { throw error }
      messages.log(
        .warning, "\(error); showing the state after operation \(newest.record.sequence)")
      return try history.index(after: newest.record.sequence)
    }
  }
}
