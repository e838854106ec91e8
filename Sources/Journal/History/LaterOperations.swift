/// What the operations after one mean for taking it back: whether that has happened already, and which
/// of its tags somebody has set since.
///
/// A pure fold over the history, newest first: ask about a record, then ``pass(_:)`` it. An operation
/// and the one that took it back cancel each other.
struct LaterOperations {
  /// The reversals that stand and whose operation was not met yet.
  private var reversals: [OperationID: OperationRecord] = [:]
  /// The newest operation that set something and stands.
  private var movers: [ChangedValue: OperationRecord] = [:]

  /// The operation that has taken this one back, or brought it back.
  func reversal(of record: OperationRecord) -> OperationRecord? { reversals[record.id] }

  /// The newest operation, other than its own reversal, that has set something since.
  func mover(of value: ChangedValue) -> OperationRecord? {
    let reversing = reversals.values.filter { $0.changedValues.contains(value) }
    return (reversing + (movers[value].map { [$0] } ?? [])).max { $0.sequence < $1.sequence }
  }

  /// Goes on to the operation before this one.
  mutating func pass(_ record: OperationRecord) {
    if reversals.removeValue(forKey: record.id) != nil { return }
    if record.kind.isReversal, let reverted = record.reverts {
      if reversals[reverted] == nil { reversals[reverted] = record }
      return
    }
    // What these put back is what was there before another tool.
    if record.kind == .reapply || record.kind == .repair { return }
    for value in record.changedValues where movers[value] == nil { movers[value] = record }
  }
}

/// The operation that `undo` or `redo` without an argument takes back.
///
/// A pure decision: it is shown the history, newest first.
struct ReversalSearch {
  /// What a record is for the search.
  enum Verdict: Equatable {
    /// The wanted one, if what it needs is there.
    case candidate
    /// It would be wanted, but one that cannot be taken back has set the same since.
    case stuck
    /// None of the wanted ones.
    case passed
    /// Nothing that is wanted lies before it.
    case end
  }

  let verb: OperationKind
  let userID: UInt32
  private var later = LaterOperations()
  /// The wanted ones that cannot be taken back.
  private var lasting: Set<OperationID> = []

  init(_ verb: OperationKind, userID: UInt32) {
    self.verb = verb
    self.userID = userID
  }

  /// Judges the next record.
  ///
  /// `undo` wants the user's newest operation that stands; `redo` his newest undo, as long as he has done
  /// nothing else since.
  mutating func look(at record: OperationRecord) -> Verdict {
    defer { later.pass(record) }
    guard later.reversal(of: record) == nil, record.author.userID == userID else { return .passed }
    switch record.kind {
    case .redo: return .passed
    case .undo: return verb == .redo ? verdict(on: record) : .passed
    default:
      guard record.kind.isPersonal, record.changesSomething else { return .passed }
      return verb == .redo ? .end : verdict(on: record)
    }
  }

  /// Says that a candidate cannot be taken back, nor what it has built on.
  mutating func passOver(_ candidate: OperationRecord) { lasting.insert(candidate.id) }

  private mutating func verdict(on wanted: OperationRecord) -> Verdict {
    let movers = wanted.changedValues.compactMap { later.mover(of: $0)?.id }
    guard !lasting.isDisjoint(with: movers) else { return .candidate }
    lasting.insert(wanted.id)
    return .stuck
  }
}
