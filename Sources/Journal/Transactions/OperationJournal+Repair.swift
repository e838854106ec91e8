package import Store

/// Putting back what is damaged from copies that lie elsewhere in the layout.
extension OperationJournal {
  /// What a repair is to do.
  package struct RepairPlan: Sendable {
    /// The copies that become blobs again.
    package var copies: [ContentFinder.Copy] = []
    /// The tags that go.
    package var removedTags: [String] = []

    /// A plan to do nothing.
    package init() {}

    /// Whether there is nothing to do.
    package var isEmpty: Bool { copies.isEmpty && removedTags.isEmpty }
  }

  /// Restores blobs and removes tags, as one operation.
  ///
  /// Each copy is verified once more while it is staged; a damaged blob is replaced by rename. When it
  /// returns, everything is durable (full durability); when it throws, no tag has changed, and what
  /// was restored already is restored.
  ///
  /// - Returns: The record, or nil when there was nothing to do any more.
  package func repair(
    _ plan: RepairPlan
  ) throws -> (record: OperationRecord?, report: RecoveryReport) {
    var transaction = try begin(.repair, stages: true)
    do {
      let area = try transaction.stagingArea()
      for copy in plan.copies { try stage(copy, in: area) }
    } catch {
      transaction.rollBack()
      throw error
    }
    let details = Self.details(of: plan)
    let prepared = try transaction.prepare { index in
      let edits = plan.removedTags.map { name in
        TagEdit(
          key: .name(name), before: index.entries(named: name).map(\.descriptor), after: [])
      }
      return Transaction.Proposal(
        edits: edits, placement: .inPlace, isForced: !plan.copies.isEmpty, details: details)
    }
    guard let prepared else { return (nil, report) }
    let (record, report) = try prepared.commit()
    return (record, report)
  }

  /// Puts the folders aside that have the names of blobs which are to be restored.
  ///
  /// - Returns: What was done, a sentence each.
  package func makeRoom(for plan: RepairPlan) throws(JournalError) -> [Note] {
    let blobs = layout.blobs.directory
    let aside = AsideFolder(session)
    var done: [Note] = []
    try withLock { (_) throws(JournalError) in
      for digest in plan.copies.map(\.digest) {
        let path = BlobStore.relativePath(of: digest)
        try session.system { () throws(SyscallError) in
          guard try blobs.status(of: path)?.kind == .directory else { return }
          let saved = try aside.take(
            path, from: blobs, as: "unused-" + digest.encoded, "repair.put-aside")
          done.append("blobs/\(path) was a folder; it is now .ocitx/displaced/\(saved)")
        }
      }
    }
    return done
  }

  private static func details(of plan: RepairPlan) -> JSONObject {
    guard !plan.copies.isEmpty else { return [:] }
    let restored = plan.copies.map { copy -> JSONValue in
      ["digest": JSONValue(copy.digest.description), "from": JSONValue(copy.word)]
    }
    return ["restored": JSONValue(restored)]
  }

  private func stage(_ copy: ContentFinder.Copy, in area: StagingArea) throws(JournalError) {
    let path = copy.path
    do throws(BlobError) {
      guard let folder = copy.folder else {
        let bytes = try document(copy.digest)
        _ = try area.stage(bytes, algorithm: copy.digest.algorithm)
        return
      }
      do throws(BlobError) { _ = try area.adopt(path, from: folder, as: copy.digest) } catch {
        // Another owner's file gets no second name: its content is copied.
        guard case .system(let cause) = error, cause.isLinkRefused else { throw error }
        _ = try area.copy(path, from: folder, as: copy.digest)
      }
    } catch {
      throw .blob(error)
    }
  }

  private func document(_ digest: Digest) throws(BlobError) -> [UInt8] {
    let history = (try? OperationHistory.open(layout)) ?? nil
    guard let bytes = (try? history?.document(digest)) ?? nil else { throw .missing(digest) }
    return bytes
  }
}

extension OperationJournal {
  /// Mends the copies that the history keeps, from the layout's blobs and from each other.
  ///
  /// - Parameter damaged: Kept files whose content is wrong.
  /// - Returns: What was done, a sentence each.
  package func mendCopies(_ damaged: [KeptFile]) throws(JournalError) -> [Note] {
    let finder = ContentFinder(of: layout)
    var done: [Note] = []
    let found = damaged.compactMap { file in
      finder?.verified(file.digest, in: ContentFinder.Place.files)?.folder.map { (file, $0) }
    }
    try withLock { (lock) throws(JournalError) in
      for (file, source) in found {
        try replace(file, by: source)
        done.append("\(file.path) was put back")
      }
      done += try HistoryMender(session, try openRows(lock)).mendDocuments()
    }
    return done
  }

  private func replace(_ file: KeptFile, by source: OpenDirectory) throws(JournalError) {
    let control = session.control
    let path = BlobStore.relativePath(of: file.digest)
    let spare = "mended-" + file.digest.encoded
    try session.system { () throws(SyscallError) in
      try control.stage.remove(spare, "repair.remove-spare")
      try source.link(path, to: control.stage, as: spare, "repair.link-copy")
      try control.stage.rename(spare, to: file.folder, as: path, "repair.replace-copy")
      try control.stage.remove(spare, "repair.remove-spare")
      try session.durability.sync(
        file.folder.openDirectory(file.digest.algorithm.name), "repair.sync-copies")
    }
  }
}

extension OperationJournal {
  /// Mends rows of the database that are not what their records say, before anything relies on them.
  ///
  /// A database that cannot be read is left to ``recover(_:)``, which rebuilds it.
  ///
  /// - Returns: What was done, a sentence each.
  package func mendHistory() throws(JournalError) -> [Note] {
    var done: [Note] = []
    do throws(JournalError) {
      try withLock { (lock) throws(JournalError) in
        let database = try openRows(lock)
        done = storage.notes
        storage.notes = []
        done += try HistoryMender(session, database).mendRows()
      }
    } catch {
      switch error {
      case .brokenRecord, .databaseCorrupt: return done
      default: throw error
      }
    }
    return done
  }
}

extension StagingArea {
  /// Copies a file of another folder as a blob; a digest that differs is an error.
  fileprivate func copy(
    _ path: String, from folder: OpenDirectory, as digest: Digest
  ) throws(BlobError) -> StagedBlob {
    var writer = try makeWriter(algorithm: digest.algorithm)
    do throws(SyscallError) {
      let file = try folder.openFile(path)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
      defer { buffer.deallocate() }
      while true {
        let count = try file.read(into: buffer)
        if count == 0 { break }
        try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    } catch {
      throw .system(error)
    }
    let blob = try finish(writer)
    guard blob.digest == digest else {
      throw .digestMismatch(expected: digest, actual: blob.digest)
    }
    return blob
  }
}
