public import Store

/// Taking operations back and bringing them back: always as new operations.
public enum Reversal {
  /// The operation that `undo` without an argument takes back: the caller's newest that is no
  /// reversal itself, was not done by the program on its own, and is not taken back already.
  ///
  /// - Throws: ``JournalError/nothingTo(_:reason:)`` when there is none.
  public static func undoTarget(
    in history: OperationHistory, userID: UInt32
  ) throws(JournalError) -> OperationRecord {
    var cancelled: Set<OperationID> = []
    var target: OperationRecord?
    try history.forEach(HistoryFilter()) { (operation) throws(JournalError) in
      let record = operation.record
      guard !cancelled.contains(record.id) else { return true }
      if record.kind.isReversal {
        if let reverted = record.reverts { cancelled.insert(reverted) }
      } else if !record.kind.isSystem, record.author.userID == userID,
        !record.edits.isEmpty || !record.moves.isEmpty
      {
        target = record
      }
      return target == nil
    }
    guard let target else {
      throw .nothingTo("undo", reason: "no operation of yours is left to take back")
    }
    return target
  }

  /// The undo that `redo` takes back: the caller's newest whose tags nobody has changed since.
  ///
  /// - Throws: ``JournalError/nothingTo(_:reason:)`` when there is none.
  public static func redoTarget(
    in history: OperationHistory, userID: UInt32
  ) throws(JournalError) -> OperationRecord {
    var cancelled: Set<OperationID> = []
    var touched: Set<EntryKey> = []
    var target: OperationRecord?
    try history.forEach(HistoryFilter()) { (operation) throws(JournalError) in
      let record = operation.record
      guard !cancelled.contains(record.id) else { return true }
      if record.kind == .undo, record.author.userID == userID {
        target = record
      } else if record.kind == .redo {
        if let reverted = record.reverts { cancelled.insert(reverted) }
      } else {
        touched.formUnion(record.edits.map(\.key))
      }
      return target == nil
    }
    guard let target else {
      throw .nothingTo("redo", reason: "no undo of yours is left to take back")
    }
    let changed = target.edits.map(\.key).filter(touched.contains).sorted()
    guard changed.isEmpty else {
      throw .nothingTo(
        "redo",
        reason: changed.map(\.description).joined(separator: ", ") + " changed after the undo")
    }
    return target
  }

  /// The edits that take a record back on an index: each tag goes back to what it was before, if it
  /// still is what the record made of it.
  ///
  /// Other tags keep what happened since.
  ///
  /// - Parameters:
  ///   - isForced: Whether tags that have moved since are set back as well.
  ///   - mover: Tells who moved a tag, for the message.
  /// - Throws: ``JournalError/conflict(_:)`` and ``JournalError/notUndoable(_:reason:)``.
  public static func edits(
    reverting record: OperationRecord, on index: ImageIndex, isForced: Bool,
    mover: (EntryKey) -> String?
  ) throws(JournalError) -> [TagEdit] {
    let name = "operation \(record.sequence) (\(record.kind))"
    guard record.kind != .adopt, record.kind != .initialize else {
      throw .notUndoable(name, reason: "it is where the history begins")
    }
    guard record.kind != .expire else {
      throw .notUndoable(name, reason: "what it deleted is gone for good")
    }
    guard !record.edits.isEmpty || !record.moves.isEmpty else {
      throw .notUndoable(name, reason: "it changed no tag")
    }
    var edits: [TagEdit] = []
    for edit in record.edits {
      let now = index.descriptors(of: edit.key)
      guard isForced || IndexState.isSame(now, edit.after) else {
        throw .conflict(conflict(edit, now, mover(edit.key)))
      }
      edits.append(TagEdit(key: edit.key, before: now, after: edit.before))
    }
    return edits
  }

  private static func conflict(
    _ edit: TagEdit, _ now: [Descriptor], _ mover: String?
  ) -> TagConflict {
    TagConflict(
      tag: edit.key.description, expected: edit.after.first?.digest.description,
      actual: now.first?.digest.description, mover: mover,
      advice: "it has moved since: `--force` sets it back anyway and loses the later move,"
        + " which `undo` can bring back")
  }

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
