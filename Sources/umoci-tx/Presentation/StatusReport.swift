internal import Journal
internal import Store

/// How a layout is doing, as `status` tells it.
struct StatusReport {
  /// An operation that is not finished.
  struct LiveOperation {
    /// Its name.
    var id: OperationID
    /// What it is, when it has said so.
    var kind: OperationKind?
    /// Who runs it, when known: user, host and pid in words.
    var author: String?
    /// Since when.
    var started: Timestamp?
  }

  /// How index.json and the journal agree.
  enum Drift {
    /// There is no history that it could be compared with.
    case noHistory
    /// The journal wrote this index.json.
    case none
    /// Another tool has changed it since: what will become of it.
    case foreign(IndexMerge)
    /// It is no whole document, or not there.
    case torn(reason: String)
    /// A backup of the layout or of the journal was restored.
    case ahead(stamp: String)
  }

  /// A conflict that nobody has looked after yet.
  struct Conflict {
    /// The operation that found it.
    var operation: String
    /// The entries.
    var key: EntryKey
    /// What the other tool wanted; it is kept.
    var theirs: [Descriptor]
  }

  /// What is kept so that operations can be undone.
  struct Held {
    /// Blobs that are linked from our folder.
    var blobs: Int64 = 0
    /// Their size in bytes.
    var blobBytes: ByteCount = 0
    /// The part that nothing but the history keeps, in bytes.
    var exclusiveBytes: ByteCount = 0
    /// Copies of documents in the journal.
    var documents: Int64 = 0
    /// Their size in bytes.
    var documentBytes: ByteCount = 0
  }

  /// Who wrote last.
  struct Writer {
    /// The host's name then.
    var host: String
    /// The machine; nil when its record does not tell.
    var machine: String?
    /// Whether it is this machine; nil when that is not known.
    var isHere: Bool?
  }

  /// The path of the layout.
  var path: String
  /// Whether this user may change it.
  var isWritable: Bool
  /// The number of operations; nil when the layout has no history.
  var operations: Int64?
  /// The history that was gone when this one began, or that is gone while there is none.
  var lost: LostHistory?
  /// Why the history was not read from its database.
  var fallbackReason: String?
  /// The newest operation.
  var head: OperationLine?
  /// The operation whose clock is in the future, if there is one.
  var ahead: (sequence: Int64, time: Timestamp)?
  /// How index.json and the journal agree.
  var drift: Drift
  /// Whether the setting `foreign` is `refuse`.
  var isForeignRefused = false
  /// Operations that run now.
  var running: [LiveOperation]
  /// Operations that a crash left behind.
  var interrupted: [LiveOperation]
  /// Conflicts with other tools.
  var conflicts: [Conflict]
  /// What is kept for undo.
  var held: Held
  /// What was withdrawn and can still be brought back, oldest first.
  var trash: [Withdrawal] = []
  /// The bundles that were unpacked from the layout.
  var leases: [Lease] = []
  /// The name of the file system.
  var fileSystem: String
  /// What the file system, the mode or the owner takes from the promises; empty when nothing.
  var warnings: [String]
  /// Whether other hosts may use the file system.
  var mayBeShared = false
  /// Who wrote last; nil without a history.
  var writer: Writer?

  /// How many edits, or garbage collections, are listed.
  private static let listedAtMost = 20

  /// The lines of the report.
  func lines(style: TextStyle) -> [String] {
    var text = LabelledText()
    text.add("Layout", TerminalText.escaped(path) + (isWritable ? "" : " (read-only for you)"))
    text.add("History", history(style) + clockLines(style))
    text.add("index.json", driftLines(style))
    text.add("Running", running.isEmpty ? ["nothing"] : running.map(Self.line))
    text.add("Interrupted", interruptedLines(style))
    text.add("Conflicts", conflictLines(style))
    text.add("Kept for undo", heldLines)
    if !trash.isEmpty { text.add("Trash", trashLines) }
    if !leases.isEmpty { text.add("Bundles", leases.map(Self.line)) }
    text.add("File system", fileSystemLines(style))
    if let writer, mayBeShared || writer.isHere == false {
      text.add("Last writer", writerLines(writer, style))
    }
    return text.lines(style: style)
  }

  private func history(_ style: TextStyle) -> [String] {
    guard let operations else {
      return [
        lost.map { style.red(TerminalText.escaped("gone: \($0.removal)")) }
          ?? "none yet: the first writing command starts it"
      ]
    }
    let notes =
      (lost.map { [style.red(TerminalText.escaped($0.explanation))] } ?? [])
      + (fallbackReason.map { [TerminalText.escaped("read from the records, since \($0)")] } ?? [])
    guard let head else { return [Self.counted(operations, "operation")] + notes }
    let who = OperationLine.shortened(head.user, to: 24)
    return [
      Self.counted(operations, "operation"),
      "newest: \(head.sequence) \(head.id.shortForm) \(TerminalText.escaped(head.kind.rawValue))"
        + " by \(who), \(head.time.listed)",
    ] + notes
  }

  private func clockLines(_ style: TextStyle) -> [String] {
    guard let ahead else { return [] }
    return [
      style.yellow("operation \(ahead.sequence) says \(ahead.time.listed), which is in the future:")
        + " the clock was wrong then, or is wrong now"
    ]
  }

  private func driftLines(_ style: TextStyle) -> [String] {
    switch drift {
    case .none: return ["as the journal left it"]
    case .noHistory:
      return [lost == nil ? "not in any history yet" : "its stamp tells of a history that is gone"]
    case .foreign(let merge):
      return [style.yellow(foreignHeading)]
        + Self.listed("is taken over:", merge.net.map(EditText.line))
        + Self.listed("is put back:", merge.reapplied.map(EditText.line))
        + Self.listed(
          "is a conflict, and ours stays; the other tool wanted:",
          merge.conflicts.map { "\(EditText.key($0.key)): \(EditText.side($0.theirs))" })
    case .torn(let reason):
      return [
        style.red("damaged: ") + TerminalText.escaped(reason),
        "`umoci-tx recover --layout \(ShellQuoting.quoted(path))` puts back what the history knows",
      ]
    case .ahead(let stamp):
      return [
        style.red("ahead of the journal: ") + TerminalText.escaped(stamp),
        "a backup was restored; `umoci-tx recover --accept-index` goes on from it",
      ]
    }
  }

  private var foreignHeading: String {
    isForeignRefused
      ? "changed by another tool; writing commands refuse until `umoci-tx recover --adopt`, or else"
      : "changed by another tool; with the next writing command"
  }

  private static func listed(_ heading: String, _ lines: [String]) -> [String] {
    guard !lines.isEmpty else { return [] }
    return ["  " + heading] + lines.prefix(listedAtMost).map { "    " + $0 }
      + (lines.count > listedAtMost ? ["    and \(lines.count - listedAtMost) more"] : [])
  }

  private func interruptedLines(_ style: TextStyle) -> [String] {
    if interrupted.isEmpty { return ["nothing"] }
    return interrupted.map { style.yellow(Self.line($0)) }
      + ["the next writing command, or `umoci-tx recover`, finishes them or rolls them back"]
  }

  private static func line(_ operation: LiveOperation) -> String {
    var text = operation.id.shortForm
    if let kind = operation.kind { text += " " + TerminalText.escaped(kind.rawValue) }
    if let author = operation.author { text += " by " + TerminalText.escaped(author) }
    if let started = operation.started { text += ", since " + started.listed }
    return text
  }

  private func conflictLines(_ style: TextStyle) -> [String] {
    if conflicts.isEmpty { return ["none"] }
    return conflicts.map { conflict in
      style.yellow(EditText.key(conflict.key))
        + ": another tool wanted \(EditText.side(conflict.theirs));"
        + " see `umoci-tx show \(conflict.operation)`"
    }
  }

  private static func line(_ lease: Lease) -> String {
    TerminalText.escaped(lease.bundle)
      + ": \(lease.manifest.digest), by \(TerminalText.escaped(lease.userName))"
      + ", \(lease.created.listed)"
  }

  private var heldLines: [String] {
    if held.blobs == 0 && held.documents == 0 { return ["nothing"] }
    return [
      "\(Self.counted(held.blobs, "blob")), \(HumanSize.text(held.blobBytes.value))"
        + " (\(HumanSize.text(held.exclusiveBytes.value)) for undo alone)",
      "\(Self.counted(held.documents, "document")) in the database, "
        + HumanSize.text(held.documentBytes.value),
    ]
  }

  private var trashLines: [String] {
    let newest = trash.suffix(Self.listedAtMost)
    let older = trash.count - newest.count
    let what = trash.count == 1 ? "it" : "the newest"
    let undo = trash.last?.sequence.map { "`umoci-tx undo \($0)` brings \(what) back" }
    return (older > 0 ? ["\(older) older ones, and"] : []) + newest.map(Self.line)
      + [undo].compactMap { $0 }
      + [
        "`umoci-tx gc --prune` deletes \(trash.count == 1 ? "it" : "them") and gives the space back"
      ]
  }

  private static func line(_ withdrawal: Withdrawal) -> String {
    let kind = withdrawal.kind.map { $0.rawValue + " " } ?? ""
    let operation =
      withdrawal.sequence.map { "\(kind)\($0)" } ?? withdrawal.id.shortForm + " (in no history)"
    return "\(TerminalText.escaped(operation)), \(withdrawal.time.listed): "
      + CollectionText.total(withdrawal.total.count, withdrawal.total.bytes)
      + ", kept until \(withdrawal.expires.listed)"
  }

  private func fileSystemLines(_ style: TextStyle) -> [String] {
    if warnings.isEmpty {
      return ["\(TerminalText.escaped(fileSystem)): changes are atomic and durable"]
    }
    return [TerminalText.escaped(fileSystem)]
      + warnings.map { style.yellow(TerminalText.escaped($0)) }
  }

  private func writerLines(_ writer: Writer, _ style: TextStyle) -> [String] {
    switch writer.isHere {
    case true: return ["this machine"]
    case nil: return ["a machine that is not known: an earlier version wrote last"]
    default:
      let who = "another machine, then called \(TerminalText.escaped(writer.host))"
      guard mayBeShared else { return [who] }
      return [
        style.yellow(who),
        "`umoci-tx recover --take-over --layout \(ShellQuoting.quoted(path))` lets this one go on,"
          + " when nothing writes there any more",
      ]
    }
  }

  private static func counted(_ count: Int64, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
