public import Store

/// A moment between two operations of ours: index.json and the history say the same then.
public struct HistoryMoment: Equatable {
  private static let attempts = 50

  private let sequence: Int64?
  private let isBetweenOperations: Bool

  private init(of layout: ImageLayout) throws(JournalError) {
    guard let history = try OperationHistory.open(layout), let head = try history.database.head()
    else {
      (sequence, isBetweenOperations) = (nil, true)
      return
    }
    sequence = head.sequence
    let isPrepared = try history.database.operation(head.id)?.state == .prepared
    let isAlive = try history.storage.isAlive(head.id)
    isBetweenOperations = !isPrepared || !isAlive
  }

  /// Does something that looks at index.json and the history; where it only looks, again while an operation is
  /// published meanwhile.
  ///
  /// After some attempts what comes out is taken as it is. What changes something looks under the lock.
  public static func reading<Result>(
    _ layout: ImageLayout, isDry: Bool, _ body: () throws -> Result
  ) throws -> Result {
    guard isDry else { return try body() }
    for _ in 1..<attempts {
      let before = try HistoryMoment(of: layout)
      let result = Swift.Result { try body() }
      if before.isBetweenOperations, try HistoryMoment(of: layout) == before {
        return try result.get()
      }
      Pause.milliseconds(10)
    }
    return try body()
  }
}
