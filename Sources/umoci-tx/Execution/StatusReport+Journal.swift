internal import Journal
internal import Store

extension StatusReport {
  /// The report on what the journal sees.
  ///
  /// - Parameter machine: This machine.
  init(_ status: JournalStatus, path: String, machine: String) {
    self.path = path
    isWritable = status.isWritable
    operations = status.storeID == nil ? nil : status.operationCount
    lost = status.lost
    fallbackReason = status.fallbackReason
    head = status.newest.map(OperationLine.init)
    ahead = status.ahead
    drift = Drift(status.drift)
    isForeignRefused = status.foreignPolicy == .refuse
    running = status.unfinished.filter(\.isAlive).compactMap(LiveOperation.init)
    interrupted = status.unfinished.filter { !$0.isAlive }.compactMap(LiveOperation.init)
    conflicts = status.conflicts.map {
      Conflict(operation: "\($0.operation.record.sequence)", key: $0.key, theirs: $0.theirs)
    }
    held = Held(
      blobs: status.held.files, blobBytes: status.held.fileBytes,
      exclusiveBytes: status.held.exclusiveBytes, documents: status.held.documents,
      documentBytes: status.held.documentBytes)
    trash = status.trash
    leases = status.leases
    fileSystem = status.filesystem.name
    warnings = status.filesystem.warnings
    mayBeShared = status.filesystem.mayBeShared
    writer = status.newest.map { newest in
      let author = newest.record.author
      return Writer(
        host: author.hostName, machine: author.machineID,
        isHere: author.machineID.map { $0 == machine })
    }
  }

  /// Writes the report.
  func write(to context: CommandContext, asJSON: Bool) throws {
    if asJSON { return try context.output.document(json) }
    try context.output.lines(lines(style: context.output.style), context.messages.hints)
  }
}

extension StatusReport.Drift {
  fileprivate init(_ drift: JournalStatus.Drift) {
    switch drift {
    case .none: self = .none
    case .noHistory: self = .noHistory
    case .changed(let merge): self = .foreign(merge)
    case .torn(let reason): self = .torn(reason: reason)
    case .ahead(let stamp): self = .ahead(stamp: stamp)
    }
  }
}

extension StatusReport.LiveOperation {
  fileprivate init?(_ operation: JournalStatus.Unfinished) {
    guard let id = OperationID(operation.id) else { return nil }
    self.init(
      id: id, kind: operation.kind,
      started: operation.started.flatMap { try? Timestamp(parsing: $0) })
  }
}

extension FilesystemKind {
  /// What this file system takes from the promises; empty when nothing.
  var warnings: [String] {
    var warnings: [String] = []
    if isReadOnly { warnings.append("mounted read-only") }
    if mayBeShared {
      warnings.append("other hosts may use it: let one at a time write")
    }
    if isVolatile { warnings.append("everything is gone with the power") }
    switch canExchange {
    case true: break
    case false:
      warnings.append("no atomic exchange: a foreign change at the very moment of ours can be lost")
    default: warnings.append("it is not known whether it can exchange two files atomically")
    }
    return warnings
  }
}
