public import Store

/// Taking operations back and bringing them back: always as new operations.
public enum Reversal {
  /// What `undo` or `redo` without an argument takes back.
  public struct Choice {
    /// The operation.
    public let target: OperationRecord
    /// Newer ones that would have been wanted, whose content is gone.
    public let passedOver: [OperationRecord]
    /// Newer ones whose tags these have set since.
    public let stuck: [OperationRecord]

    /// An operation that was chosen by its name, or after some others.
    public init(
      target: OperationRecord, passedOver: [OperationRecord] = [], stuck: [OperationRecord] = []
    ) {
      (self.target, self.passedOver, self.stuck) = (target, passedOver, stuck)
    }
  }

  /// The operation that `undo` without an argument takes back: the caller's newest that he did himself, that
  /// is not taken back already, and of which everything is still there.
  ///
  /// - Throws: ``JournalError/nothingTo(_:reason:)`` when there is none.
  public static func undoTarget(
    in history: OperationHistory, userID: UInt32
  ) throws(JournalError) -> Choice {
    try target(of: .undo, in: history, userID)
  }

  /// The undo that `redo` takes back: the caller's newest, unless he has done something else since.
  ///
  /// - Throws: ``JournalError/nothingTo(_:reason:)`` when there is none.
  public static func redoTarget(
    in history: OperationHistory, userID: UInt32
  ) throws(JournalError) -> Choice {
    try target(of: .redo, in: history, userID)
  }

  /// The undo that `redo` of an operation takes back: itself, or the one that has taken it back.
  ///
  /// - Throws: ``JournalError/nothingTo(_:reason:)`` when it is neither an undo nor undone.
  public static func redoTarget(
    _ reference: OperationReference, in history: OperationHistory
  ) throws(JournalError) -> OperationRecord {
    let record = try history.operation(reference).record
    if record.kind == .undo { return record }
    guard let undo = try later(than: record, in: history).reversal(of: record), undo.kind == .undo
    else { throw .nothingTo("redo", reason: "\(record.title) is not undone") }
    return undo
  }

  /// What has happened since an operation, as far as taking it back is concerned.
  private static func later(
    than record: OperationRecord, in history: OperationHistory
  ) throws(JournalError) -> LaterOperations {
    var later = LaterOperations()
    try history.forEach(HistoryFilter()) { operation in
      guard operation.record.sequence > record.sequence else { return false }
      later.pass(operation.record)
      return true
    }
    return later
  }

  private static func target(
    of verb: OperationKind, in history: OperationHistory, _ userID: UInt32
  ) throws(JournalError) -> Choice {
    var search = ReversalSearch(verb, userID: userID)
    var target: OperationRecord?
    var passedOver: [OperationRecord] = []
    var stuck: [OperationRecord] = []
    try history.forEach(HistoryFilter()) { (operation) throws(JournalError) in
      switch search.look(at: operation.record) {
      case .passed: return true
      case .end: return false
      case .stuck:
        stuck.append(operation.record)
        return true
      case .candidate:
        guard try missing(for: operation.record, in: history).isEmpty else {
          passedOver.append(operation.record)
          search.passOver(operation.record)
          return true
        }
        target = operation.record
        return false
      }
    }
    if let target { return Choice(target: target, passedOver: passedOver, stuck: stuck) }
    let wanted = verb == .redo ? "undo" : "operation"
    let lost = passedOver.map(\.title).joined(separator: ", ")
    throw .nothingTo(
      verb.rawValue,
      reason: "no \(wanted) of yours is left to take back"
        + (lost.isEmpty ? "" : "; what \(lost) would need is gone"))
  }

  /// Looks whether an operation can be taken back, as far as the history and the content are concerned.
  ///
  /// - Throws: ``JournalError/notUndoable(_:reason:)`` for an operation that has no inverse, and
  ///   ``JournalError/missingContent(_:needed:)`` when something that it needs is nowhere any more.
  public static func check(
    _ record: OperationRecord, in history: OperationHistory
  ) throws(JournalError) {
    guard record.kind != .adopt, record.kind != .initialize else {
      throw .notUndoable(record.title, reason: "it is where the history begins")
    }
    guard record.kind != .expire else {
      throw .notUndoable(record.title, reason: "what it deleted is gone for good")
    }
    guard record.changesSomething else {
      throw .notUndoable(record.title, reason: "it changed neither a tag nor a setting")
    }
    let missing = try missing(for: record, in: history)
    guard missing.isEmpty else {
      throw .missingContent(missing, needed: "undoing \(record.title)")
    }
  }

  /// What taking an operation back would need and is nowhere any more.
  private static func missing(
    for record: OperationRecord, in history: OperationHistory
  ) throws(JournalError) -> [Digest] {
    let content = AbsentContent(
      layout: history.layout, control: history.control, database: history.database)
    var needed = record.edits.flatMap(\.before)
    if case .bringBack(let blobs) = BlobReversal(of: record) {
      needed += blobs.map {
        Descriptor(mediaType: "application/octet-stream", digest: $0.digest, size: $0.size)
      }
    }
    let missing = try content.missing(from: needed)
    // A repair has removed tags because of what they lacked, whoever knows that by now.
    if record.kind == .repair { return missing }
    let absent = record.absentBefore
    return try content.gone(among: missing.filter { !absent.contains($0) })
  }

  /// The edits that take a record back on an index: each tag and each setting goes back to what it was before,
  /// if nobody has set it since, be it to the same value.
  ///
  /// All others keep what happened since. Reads the history back to the record.
  ///
  /// - Parameter isForced: Whether what has been set since is set back as well.
  /// - Throws: ``JournalError/alreadyReversed(_:by:)`` and ``JournalError/setSince(_:kind:value:by:)``.
  public static func edits(
    reverting record: OperationRecord, on index: ImageIndex, isForced: Bool,
    in history: OperationHistory
  ) throws(JournalError) -> (tags: [TagEdit], settings: [SettingEdit]) {
    if !isForced { try checkUntouched(record, on: index, in: history) }
    let tags = record.edits.map { edit in
      TagEdit(key: edit.key, before: index.descriptors(of: edit.key), after: edit.before)
    }
    let settings = try record.settings.map { (edit) throws(JournalError) in
      SettingEdit(name: edit.name, before: try history.setting(edit.name), after: edit.before)
    }
    return (tags, settings)
  }

  private static func checkUntouched(
    _ record: OperationRecord, on index: ImageIndex, in history: OperationHistory
  ) throws(JournalError) {
    let later = try later(than: record, in: history)
    if let reversal = later.reversal(of: record) {
      throw .alreadyReversed(record.title, by: reversal.title)
    }
    func check(_ value: ChangedValue, isSame: Bool) throws(JournalError) {
      let mover = later.mover(of: value)
      guard !isSame || mover != nil else { return }
      throw .setSince(
        record.sequence, kind: record.kind.rawValue, value: value.description, by: mover?.deed)
    }
    for edit in record.edits {
      try check(
        .entry(edit.key),
        isSame: IndexState.isSame(index.descriptors(of: edit.key), edit.after))
    }
    for edit in record.settings {
      try check(.setting(edit.name), isSame: try history.setting(edit.name) == edit.after)
    }
  }

  /// What taking an operation back need not find: it was not there before it either.
  public static func absent(before record: OperationRecord) -> Set<Digest> { record.absentBefore }

  /// The edits that lead from an index to an earlier one, for all tags or for some.
  public static func edits(
    restoring target: ImageIndex, from index: ImageIndex, tags: Set<String>?
  ) -> [TagEdit] {
    IndexState(index).difference(to: IndexState(target)).filter { edit in
      guard let tags else { return true }
      guard case .name(let name) = edit.key else { return false }
      return tags.contains(name)
    }
  }
}
