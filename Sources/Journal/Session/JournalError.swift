public import Store

/// An operation that did not happen, or a history that cannot be read.
///
/// Whatever it is: index.json and every tag are as they were before, unless the case says otherwise.
public enum JournalError: Error, Sendable {
  /// A system call failed.
  case system(SyscallError)
  /// The layout cannot be used.
  case layout(LayoutError)
  /// A blob cannot be used.
  case blob(BlobError)
  /// The database refused; `code` is the nearest error number.
  case database(message: String, code: Int32)
  /// The database is damaged.
  case databaseCorrupt(path: String, message: String)
  /// Another writer held the lock for too long.
  case locked(path: String, holder: String?, waitedSeconds: Double)
  /// A tag is not what the command line or the plan expected.
  case conflict(TagConflict)
  /// No operation answers to the text.
  case noSuchOperation(String)
  /// No lease has such an id or such a bundle.
  case noSuchLease(String)
  /// More than one lease has an id that begins so.
  case ambiguousLease(String, candidates: [String])
  /// A tag has no such value: the history does not reach that far, or the tag was absent then.
  case noSuchRevision(tag: String, revision: String, reason: String)
  /// More than one operation answers to the text.
  case ambiguousOperation(String, candidates: [String])
  /// There is nothing to undo or redo.
  case nothingTo(String, reason: String)
  /// An operation is taken back already, by another one.
  case alreadyReversed(String, by: String)
  /// A value, `tag NAME` or `setting NAME`, was set again after the operation, of a number and a kind, that is
  /// to be taken back, perhaps to the same; by whom, in words, when the history knows.
  case setSince(Int64, kind: String, value: String, by: String?)
  /// An operation cannot be taken back.
  case notUndoable(String, reason: String)
  /// Something that the new state needs is nowhere to be found.
  case missingContent([Digest], needed: String)
  /// Something else is in the place of a file or folder of the journal; both kinds in words.
  case strangeFile(path: String, found: String, expected: String)
  /// A place inside a layout's journal or among its blobs, where nothing else may be made.
  case insideJournal(path: String)
  /// A folder that was to be read, and in which the layout lies that would be changed by that.
  case holdsLayout(path: String)
  /// The journal was written by a newer version of this program.
  case newerFormat(path: String, found: Int64, supported: Int64)
  /// index.json is ahead of the journal: a backup of one of them was restored.
  case journalBehind(stamp: String, head: String)
  /// The setting `foreign` is `refuse` and another tool has changed index.json.
  case foreignChangeRefused(tags: [String])
  /// Another machine wrote last, on a file system that several hosts may use; what it did, in words.
  case writtenElsewhere(path: String, last: String)
  /// The layout has no history.
  case noHistory(path: String)
  /// The layout had a history, and somebody has removed it; what is lost, in words.
  case historyRemoved(path: String, loss: String)
  /// A record cannot be read or its chain is broken.
  case brokenRecord(String, reason: String)
  /// The new index.json is in place, but the disk failed to confirm it and to take it back.
  case notDurable(SyscallError)
  /// A garbage collection has moved blobs to the trash, but the trash could not be deleted.
  indirect case trashLeft(operation: String, JournalError)
  /// The operation could be neither finished nor taken back: the next recovery decides.
  indirect case undecided(JournalError)
}

/// A tag that somebody else moved, or that is not what was expected.
public struct TagConflict: Equatable, Sendable {
  /// The tag.
  public let tag: String
  /// What it should have been; nil for absent.
  public let expected: String?
  /// What it is; nil for absent.
  public let actual: String?
  /// Who moved it last and when, in words, when the history knows.
  public let mover: String?
  /// What the user can do.
  public let advice: Remedy

  /// Describes a conflict.
  public init(
    tag: String, expected: String?, actual: String?, mover: String?, advice: Remedy
  ) {
    self.tag = tag
    self.expected = expected
    self.actual = actual
    self.mover = mover
    self.advice = advice
  }
}

extension JournalError: DiagnosableError {
  /// What failed, in one line.
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .layout(let error): error.description
    case .blob(let error): error.description
    case .database: "the journal database failed"
    case .databaseCorrupt(let path, _): "\(path) is damaged"
    case .locked(let path, _, let seconds):
      "\(path) is locked by another process; waited \(Self.seconds(seconds))"
    case .conflict(let conflict):
      "tag \(conflict.tag) is \(conflict.actual ?? "absent"), not \(conflict.expected ?? "absent")"
    case .noSuchOperation(let text): "no operation \(text)"
    case .noSuchLease(let text): "no lease \(text)"
    case .ambiguousLease(let text, _): "\(text) names more than one lease"
    case .noSuchRevision(let tag, let revision, let reason): "\(tag)\(revision): \(reason)"
    case .ambiguousOperation(let text, _): "\(text) names more than one operation"
    case .nothingTo(let verb, let reason): "nothing to \(verb): \(reason)"
    case .alreadyReversed(let operation, let reversal):
      "\(operation) is undone already, by \(reversal)"
    case .setSince(let number, let kind, let value, _):
      "operation \(number) (\(kind)) cannot be undone: \(value) has been set since"
    case .notUndoable(let operation, let reason): "\(operation) cannot be undone: \(reason)"
    case .missingContent(let digests, let needed):
      "\(digests.count) blob(s) that \(needed) needs are gone"
    case .strangeFile(let path, let found, let expected): "\(path) is \(found), not \(expected)"
    case .insideJournal(let path): "\(path) is inside the journal or the blobs of a layout"
    case .holdsLayout(let path): "\(path) holds the layout itself"
    case .newerFormat(let path, let found, let supported):
      "\(path) has journal format \(found); this version knows up to \(supported)"
    case .journalBehind(let stamp, let head):
      "index.json is at \(stamp) but the journal ends at \(head)"
    case .foreignChangeRefused(let tags):
      "another tool changed index.json: \(tags.joined(separator: ", "))"
    case .writtenElsewhere(let path, _):
      "another machine wrote \(path) last, and other hosts may be using its file system"
    case .noHistory(let path): "\(path) has no history yet"
    case .historyRemoved(let path, _): "the history of \(path) is gone"
    case .brokenRecord(let record, _): "record \(record) cannot be trusted"
    case .notDurable: "the change is visible but perhaps not durable"
    case .trashLeft(let operation, _):
      "operation \(operation) is done, but the trash could not be deleted"
    case .undecided: "the operation could be neither finished nor taken back"
    }
  }

  private static func seconds(_ seconds: Double) -> String {
    "\((seconds * 10).rounded() / 10) s"
  }

  /// The category of the failure.
  public var category: FailureCategory {
    switch self {
    case .system(let error): error.category
    case .layout(let error): error.category
    case .blob(let error): error.category
    case .database(_, let code): SyscallError(call: "", path: "", code: code).category
    case .locked, .conflict, .alreadyReversed, .setSince: .busy
    case .noSuchOperation, .noSuchLease, .noSuchRevision, .nothingTo, .missingContent, .noHistory,
      .historyRemoved:
      .notFound
    case .notDurable, .undecided: .inputOutput
    case .trashLeft(_, let error): error.category
    case .ambiguousOperation, .ambiguousLease, .insideJournal, .holdsLayout: .usage
    case .notUndoable, .databaseCorrupt, .brokenRecord: .invalidContent
    case .newerFormat: .unsupported
    case .journalBehind, .foreignChangeRefused, .writtenElsewhere, .strangeFile: .needsPerson
    }
  }

  /// What is behind it, outermost first.
  public var causes: [String] {
    switch self {
    case .layout(let error): error.causes
    case .blob(let error): error.causes
    case .database(let message, _), .databaseCorrupt(_, let message): [message]
    case .locked(_, let holder, _): holder.map { ["held by \($0)"] } ?? []
    case .conflict(let conflict): conflict.mover.map { [$0] } ?? []
    case .setSince(_, _, _, let mover): mover.map { [$0] } ?? ["another tool has changed it"]
    case .ambiguousOperation(_, let candidates), .ambiguousLease(_, let candidates):
      ["it could be " + candidates.joined(separator: ", ")]
    case .missingContent(let digests, _): digests.prefix(10).map { "missing: \($0)" }
    case .brokenRecord(_, let reason): [reason]
    case .historyRemoved(_, let loss): [loss]
    case .writtenElsewhere(_, let last): [last]
    case .notDurable(let error): [error.description]
    case .undecided(let error), .trashLeft(_, let error): [error.description] + error.causes
    default: []
    }
  }

  /// What to do about it.
  public var remedy: Remedy? {
    switch self {
    case .system(let error): error.remedyInLayout
    case .layout(let error): error.remedy
    case .blob(let error): error.remedy
    case .database(_, let code): SyscallError(call: "", path: "", code: code).remedy
    case .databaseCorrupt: "\(.recover()) rebuilds it from the records in .ocitx/ops"
    case .locked: "wait for it to finish, or give more time with \(.lockTimeout)"
    case .conflict(let conflict): conflict.advice
    case .noSuchLease, .ambiguousLease: "\(.listLeases) lists them: ids, and paths of bundles"
    case .noSuchOperation, .ambiguousOperation: "\(.listOperations()) lists the operations"
    case .noSuchRevision(let tag, _, _):
      "\(.listOperations(tag: tag)) lists its moves"
    case .nothingTo: nil
    case .alreadyReversed:
      "\(.listOperations()) lists the operations; \(.force) sets its tags back again"
    case .setSince(let number, _, _, _):
      "\(.undo(operation: "\(number)", isForced: true)) sets it back anyway and loses what came later, which"
        + " \(.redo) brings back"
    case .notUndoable:
      "\(.previewRestore) shows what going back to an earlier state would change"
    case .missingContent: "copy the image into the layout again, then repeat the command"
    case .strangeFile(let path, _, _):
      path.hasSuffix("/\(ControlFolder.name)/\(ControlFolder.Names.lock)")
        ? "umoci-tx did not put it there: \(.recover()) puts it aside"
        : "umoci-tx did not put it there: move it away, then run \(.recover())"
    case .holdsLayout: "name what is in it one by one, or move the layout out of it"
    case .insideJournal:
      "choose a place outside of `.ocitx` and `blobs`, which umoci-tx tidies up by itself"
    case .newerFormat: "use a newer umoci-tx for this layout"
    case .journalBehind:
      "a backup was restored: \(.recover(.acceptingIndex)) goes on from index.json as it is"
    case .foreignChangeRefused:
      "the setting `foreign` is `refuse`: look with \(.status), then \(.recover(.adopting))"
    // Another way on, a journal that many hosts may write, belongs into this sentence.
    case .writtenElsewhere(let path, _):
      "let one host at a time write: when nothing writes on the other one any more,"
        + " \(.recover(layout: path, .takingOver)) lets this one go on"
    case .noHistory: "the first writing command starts one"
    case .historyRemoved:
      "put .ocitx back from a backup; otherwise the next writing command begins another history, which"
        + " tells of the loss"
    case .brokenRecord: "\(.recover()) puts back what can be put back"
    case .notDurable, .undecided: "check the disk, then look at the tags and run \(.recover())"
    case .trashLeft(let operation, _):
      "run \(.expireTrash) again; \(.undo(operation: String(operation.prefix { $0 != " " }))) brings back what it moved there"
    }
  }
}

extension JournalError {
  /// Whether open files or memory were short: it tells nothing about the journal.
  var isAboutResources: Bool {
    switch self {
    case .system(let error): error.isAboutResources
    case .database(_, let code):
      SyscallError(call: "", path: "", code: code).isAboutResources
    default: false
    }
  }

  /// Whether a system call failed, and nothing is known to be wrong with what is there.
  var isRefusal: Bool {
    switch self {
    case .system: true
    case .blob(let error): error.isSystem
    default: false
    }
  }

  /// Whether the database is the matter, so that the records may still be read.
  var isAboutDatabase: Bool {
    switch self {
    case .database: !isAboutResources
    case .databaseCorrupt, .brokenRecord, .strangeFile: true
    default: false
    }
  }
}

extension BlobError {
  /// Whether a system call failed, rather than the content being wrong.
  var isSystem: Bool {
    if case .system = self { return true }
    return false
  }
}
