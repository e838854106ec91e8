public import Store

/// Checks a history against everything that vouches for it: the chain of its records, their second
/// copies in `ops/`, the stamp in index.json, and a head that was kept elsewhere.
///
/// Creates nothing and changes nothing. The first look takes no lock; what it finds is looked at again while
/// all that it reads is of one moment, which keeps writers from committing, and a writer that
/// has committed and not published yet is waited for. So nothing half done is taken for damage.
public struct HistoryAudit {
  /// How much is looked at.
  public enum Extent: Sendable {
    /// The history: records, chain, stamp.
    case history
    /// Also everything else that the database holds, such as copies of documents.
    case everything
  }

  /// How often a history is looked at again while somebody writes to it.
  private static let attempts = 50
  /// How many files an audit may need at once.
  private static let openFiles = 24

  private let layout: ImageLayout
  private let expectedHead: ExpectedHead?
  private let extent: Extent
  private let now: Timestamp

  /// Prepares an audit.
  ///
  /// - Parameters:
  ///   - layout: The layout.
  ///   - expectedHead: A head that the history must contain.
  ///   - extent: How much is looked at.
  ///   - now: The time; an operation that seems to be later is told.
  public init(
    of layout: ImageLayout, expecting expectedHead: ExpectedHead? = nil,
    _ extent: Extent = .history, now: Timestamp
  ) {
    self.now = now
    self.layout = layout
    self.expectedHead = expectedHead
    self.extent = extent
  }

  /// Reads the whole history.
  ///
  /// - Throws: ``JournalError/newerFormat(path:found:supported:)`` for a journal of a newer version,
  ///   and system errors other than those of damaged files.
  public func run() throws(JournalError) -> AuditReport {
    do throws(SyscallError) {
      try layout.root.requireRoom(forFiles: Self.openFiles)
    } catch {
      throw .system(error)
    }
    var report = try look(isSteady: false)
    for _ in 1..<Self.attempts where report.findings.contains(where: \.isProblem) {
      // What a writer has half done, or did between two of our looks, is not found again.
      Pause.milliseconds(20)
      let again = try look(isSteady: true)
      let isStable = again.findings == report.findings
      report = again
      if isStable, !isSomebodyAlive { break }
    }
    return report
  }

  /// - Parameter isSteady: Whether writers are kept from committing meanwhile.
  private func look(isSteady: Bool) throws(JournalError) -> AuditReport {
    var report = AuditReport()
    let control: ControlFolder?
    do throws(JournalError) { control = try ControlFolder.find(in: layout) } catch {
      if case .newerFormat = error { throw error }
      if error.isAboutResources { throw error }
      report.hasHistory = true
      report.add(
        .other(".ocitx"), .journalInvalid, error.inOneLine)
      return report
    }
    guard let control else {
      noteLostHistory(&report)
      return report
    }
    report.hasHistory = true
    try look(control, isSteady, &report)
    return report
  }

  private func look(
    _ control: ControlFolder, _ isSteady: Bool, _ report: inout AuditReport
  ) throws(JournalError) {
    let storage = control.storage(of: layout)
    do throws(JournalError) {
      let database = try open(storage, control, &report)
      if isSteady {
        try database.reading { () throws(JournalError) in
          try lookAt(database, control, storage, &report)
        }
      } else {
        try lookAt(database, control, storage, &report)
      }
    } catch {
      guard error.isAboutDatabase else { throw error }
      // Whatever was found of it so far is worth less than what follows.
      report = AuditReport()
      report.hasHistory = true
      report.add(
        .other(".ocitx/" + storage.name), .journalDatabase, error.inOneLine)
      try lookBeyond(error, control, storage, &report)
    }
    lookAtFolder(control, storage, &report)
  }

  /// The database; an empty one where there are no tables yet, and nothing that would have been in them.
  private func open(
    _ storage: any JournalStorage, _ control: ControlFolder, _ report: inout AuditReport
  ) throws(JournalError) -> JournalDatabase {
    do throws(JournalError) { return try storage.openForChecking() } catch {
      guard storage.isUnmade, try !control.hasRecords() else { throw error }
    }
    report.add(
      .other(".ocitx/" + storage.name), .operationUnfinished,
      "it has no tables yet; the next writing command makes them")
    return try ControlFolder.emptyRows()
  }

  /// Looks at a database whose pages are not as they were written, and at the files.
  ///
  /// Nothing that it says is believed; but where it differs from the files is where somebody has
  /// changed the history with another program.
  private func lookBeyond(
    _ damage: JournalError, _ control: ControlFolder, _ storage: any JournalStorage,
    _ report: inout AuditReport
  ) throws(JournalError) {
    var unverified = report
    do throws(JournalError) {
      try lookAt(storage.openUnverified(), control, storage, &unverified)
      report = unverified
    } catch {
      guard error.isAboutDatabase else { throw error }
      report.fallbackReason = damage.inOneLine
      try lookAtFiles(control, storage, &report)
    }
  }

  private func lookAt(
    _ database: JournalDatabase, _ control: ControlFolder, _ storage: any JournalStorage,
    _ report: inout AuditReport
  ) throws(JournalError) {
    let complaints = try database.integrityComplaints()
    guard complaints.isEmpty else {
      throw .databaseCorrupt(path: database.name, message: complaints.joined(separator: "; "))
    }
    let live = LiveNames(storage)
    var comparison = HistoryComparison(
      layout, control, database, expecting: expectedHead, now: now, report: report)
    // What was alive before the rows were read may have ended, but not begun, since.
    comparison.isAlive = { live.contains($0) || LiveNames(storage).contains($0) }
    try comparison.compareRows()
    if comparison.chain.sequence == 0, try database.leases().isEmpty, try control.hasRecords(),
      try !storage.awaitsFirstOperation(database, control)
    {
      throw .databaseCorrupt(path: database.name, message: "it is empty, and there are records")
    }
    try comparison.findStrays()
    comparison.chain.finish(&comparison.report)
    try comparison.compareSettings()
    comparison.isAlive = { LiveNames(storage).contains($0) }
    try comparison.compareIndex()
    if extent == .everything { try comparison.compareEverything() }
    report = comparison.report
  }

  private func lookAtFiles(
    _ control: ControlFolder, _ storage: any JournalStorage, _ report: inout AuditReport
  ) throws(JournalError) {
    let database = try ControlFolder.emptyRows()
    var comparison = HistoryComparison(
      layout, control, database, expecting: expectedHead, now: now, report: report)
    let records = RecordImport(try comparison.followFiles(), of: layout)
    comparison.chain.finish(&comparison.report)
    try database.transaction { () throws(JournalError) in try records.insert(into: database) }
    try comparison.compareIndex()
    report = comparison.report
  }

  /// A stamp without a journal: somebody has removed the folder.
  private func noteLostHistory(_ report: inout AuditReport) {
    guard let index = try? layout.readIndex(), let stamp = index.index.annotation(CommitMarker.key)
    else {
      if let expectedHead {
        report.add(
          .other(expectedHead.digits), .headUnknown, "the layout has no history")
      }
      return
    }
    report.add(
      .other(LayoutPaths.index), .stampUnknown,
      "it is stamped \(stamp), and the layout has no history")
  }

  private func lookAtFolder(
    _ control: ControlFolder, _ storage: any JournalStorage, _ report: inout AuditReport
  ) {
    if control.isFormatMissing {
      report.add(
        .other(".ocitx/format"), .journalInvalid,
        "it is missing; the next writing command, or a repair, writes it again")
    }
    if let lock = (try? control.directory.status(of: ControlFolder.Names.lock)) ?? nil,
      lock.kind != .regular
    {
      report.add(
        .other(".ocitx/lock"), .journalInvalid,
        "it is \(lock.kind.words), which nobody can lock; a repair puts it aside")
    }
    for name in control.missingFolders {
      report.add(
        .other(".ocitx/" + name), .folderMissing,
        "whoever copied the layout lost it; the next writing command makes it again")
    }
    lookForTheDead(control, storage, &report)
  }

  private func lookForTheDead(
    _ control: ControlFolder, _ storage: any JournalStorage, _ report: inout AuditReport
  ) {
    let stages = (try? control.stage.entryNames()) ?? []
    let live = (try? storage.announcements()) ?? []
    for name in live {
      guard let status = (try? control.live.status(of: name)) ?? nil, status.kind != .regular
      else { continue }
      report.add(
        .other(".ocitx/live/" + name), .unknownFile,
        "it is \(status.kind.words); the next writing command puts it aside")
    }
    for name in Set(live + stages).sorted() where isDead(name, control, storage) {
      report.add(
        .other("operation \(name)"), .operationUnfinished,
        "its process is gone; the next writing command, or a recovery, finishes it")
    }
  }

  /// Whether an operation's process is gone, or a power cut took its announcement and left the stage.
  private func isDead(
    _ name: String, _ control: ControlFolder, _ storage: any JournalStorage
  ) -> Bool {
    guard OperationID(name) != nil, let liveness = try? storage.liveness(of: name),
      liveness == .dead || liveness == .absent
    else { return false }
    // It may have ended between our look at its name and that at its process; then nothing of it is left.
    let announced = (try? storage.announcements()) ?? []
    return announced.contains { $0 == name || $0 == "." + name }
      || (try? control.stage.status(of: name)) ?? nil != nil
  }

  private var isSomebodyAlive: Bool {
    guard let control = try? ControlFolder.find(in: layout) else { return false }
    return !LiveNames(control.storage(of: layout)).isEmpty
  }
}

/// The operations whose processes live.
private struct LiveNames {
  private let names: Set<String>

  init(_ storage: any JournalStorage) {
    let all = (try? storage.announcements()) ?? []
    names = Set(all.filter { (try? storage.liveness(of: $0)) == .alive })
  }

  var isEmpty: Bool { names.isEmpty }

  func contains(_ id: String) -> Bool { names.contains(id) || names.contains("." + id) }
}
