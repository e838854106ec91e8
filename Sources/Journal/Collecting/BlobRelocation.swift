internal import Store

/// Moves blobs out of `blobs/` and back.
///
/// Always after the operation that says so is in the history, and always finished by whoever takes the lock
/// next. Every step may be repeated.
struct BlobRelocation {
  let journal: LockedJournal

  private var session: Session { journal.session }
  private var database: JournalDatabase { journal.database }
  private var trash: TrashFolder { TrashFolder(control: session.control) }

  /// Makes the folders that an operation's moves will need, so that a full disk is noticed early.
  func makeFolders(for moves: BlobRelocations, of id: OperationID) throws(JournalError) {
    let control = session.control
    try session.system { () throws(SyscallError) in
      // What is to be kept goes there too when `keep/` has a copy of its own.
      for algorithm in Set(moves.leaving.map(\.digest.algorithm.name)).sorted() {
        _ = try trash.makeFolder(of: id, algorithm)
      }
      for algorithm in Set(moves.kept.map(\.digest.algorithm.name)).sorted() {
        _ = try control.keep.openOrCreateDirectory(
          algorithm, policy: control.policy, "keep.create-folder")
      }
    }
  }

  /// Moves the blobs of an operation that has just been published; the next command does what cannot be
  /// done now.
  ///
  /// - Parameter isAlone: Whether nobody slipped in while it was published.
  func relocate(_ record: OperationRecord, isAlone: Bool) {
    if record.kind == .expire {
      return journal.bestEffort("hide the trash") { () throws(JournalError) in
        try TrashExpiry(journal: journal).hide(record)
      }
    }
    guard !record.moves.isEmpty else { return }
    journal.bestEffort("move every blob") { () throws(JournalError) in
      // A foreign writer who slipped in may need what nobody needed before.
      try move(record, except: isAlone ? nil : Marking(journal).reach)
    }
    journal.bestEffort("look at index.json again") { () throws(JournalError) in
      let now: IndexFile
      do throws(LayoutError) { now = try session.layout.readIndex() } catch { throw .layout(error) }
      guard now.digest != journal.current.digest else { return }
      journal.current = now
      try Reconciler(journal).reconcile()
    }
  }

  /// Finishes what operations had still to move when their processes died.
  ///
  /// - Parameter ownID: The operation of this process.
  func finish(except ownID: OperationID?) throws(JournalError) {
    for id in try database.unfinishedRelocations() where id != ownID {
      guard let stored = try database.operation(id), stored.sequence != nil else {
        try database.transaction { () throws(JournalError) in try database.removeRelocations(of: id)
        }
        continue
      }
      let record = try stored.record()
      try journal.tidy("finish operation \(record.sequence) (\(record.kind))") {
        () throws(JournalError) in try finish(record)
      }
    }
  }

  private func finish(_ record: OperationRecord) throws(JournalError) {
    if record.kind == .expire {
      // Deleting holds no lock: its process may be at it.
      if try !journal.storage.isAlive(record.id) {
        try TrashExpiry(journal: journal).finish(record)
      }
      return
    }
    // Others may have come to need something since.
    try move(record, except: record.moves.leaving.isEmpty ? nil : Marking(journal).reach)
    journal.report.notes.append("operation \(record.sequence) (\(record.kind)) was finished")
  }

  /// Moves what a record says, makes that durable, and says that it is done.
  ///
  /// - Parameter needed: What is needed now and stays; nil when nothing has changed since that was found
  ///   out.
  private func move(_ record: OperationRecord, except needed: Reachability?) throws(JournalError) {
    let withdrawn = record.moves.withdrawn.filter { blob in
      needed.map { !$0.isReached(blob.digest, as: .history) } ?? true
    }
    let kept = record.moves.kept.filter { blob in
      needed.map { !$0.isReached(blob.digest, as: .live) } ?? true
    }
    if !record.moves.leaving.isEmpty { try makeDurableFolders(for: record) }
    let folders = RelocationFolders(session, trash, record.id)
    for blob in withdrawn { try withdraw(blob, record.id, folders) }
    for blob in kept { try keep(blob, record.id) }
    try bringBack(record.moves.restored)
    try syncMoves(record)
    try database.transaction { () throws(JournalError) in
      try database.forgetContent(withdrawn.map(\.digest))
      try database.removeRelocations(of: record.id)
    }
    try session.system { () throws(SyscallError) in
      for id in try trash.operations() { trash.removeIfEmpty(id) }
    }
  }

  /// A folder has to be durable before anything is moved into it: with its name all that it holds
  /// would be lost, and `blobs/` might not have it any more.
  private func makeDurableFolders(for record: OperationRecord) throws(JournalError) {
    try makeFolders(for: record.moves, of: record.id)
    try session.system { () throws(SyscallError) in
      try trash.sync(record.id, session.durability)
      if !record.moves.kept.isEmpty {
        try session.durability.sync(session.control.keep, "keep.sync-folder")
      }
    }
  }

  private func syncMoves(_ record: OperationRecord) throws(JournalError) {
    let moves = record.moves
    let control = session.control
    let algorithms = Set((moves.leaving + moves.restored).map(\.digest.algorithm.name))
    try session.system { () throws(SyscallError) in
      // Where they went comes before where they were.
      if !moves.leaving.isEmpty { try trash.sync(record.id, session.durability) }
      for algorithm in algorithms.sorted() {
        if let folder = try control.keep.openIfThere(algorithm) {
          try session.durability.sync(folder, "keep.sync-folder")
        }
        if let folder = try session.layout.blobs.directory.openIfThere(algorithm) {
          try session.durability.sync(folder, "blobs.sync-folder")
        }
      }
    }
  }

  /// Moves a blob, and its second name, into an operation's trash.
  private func withdraw(
    _ blob: OperationRecord.AddedBlob, _ id: OperationID, _ folders: RelocationFolders
  ) throws(JournalError) {
    let (name, algorithm) = (blob.digest.encoded, blob.digest.algorithm.name)
    let isWithdrawn = try session.system { () throws(SyscallError) in
      let target = try folders.trash(algorithm)
      let keep = try folders.keep(algorithm)
      if try folders.blobs(algorithm)?.move(name, to: target, "trash.withdraw") == true {
        // A file of another size is not the same content: it stays for a verification to be found.
        if let keep, try keep.status(of: name)?.size == blob.size {
          try keep.remove(name, "trash.drop-kept")
        }
        return true
      }
      if try keep?.move(name, to: target, "trash.withdraw-kept") == true { return true }
      return try target.status(of: name) != nil
    }
    guard !isWithdrawn, let bytes = try database.document(blob.digest) else { return }
    try writeTrash(bytes, blob.digest, id)
  }

  /// Writes what there is only a copy of in the database.
  private func writeTrash(
    _ bytes: [UInt8], _ digest: Digest, _ id: OperationID
  ) throws(JournalError) {
    let policy = session.control.policy
    try session.system { () throws(SyscallError) in
      let target = try trash.makeFolder(of: id, digest.algorithm.name)
      let spare = "." + digest.encoded
      try target.remove(spare, "trash.remove-spare")
      let file = try target.createFile(spare, policy: policy, "trash.create-copy")
      try file.write(bytes, "trash.write-copy")
      try session.durability.sync(file, "trash.sync-copy")
      try target.rename(spare, to: target, as: digest.encoded, "trash.reveal-copy")
    }
  }

  /// Moves a blob to `keep/`.
  private func keep(_ blob: OperationRecord.AddedBlob, _ id: OperationID) throws(JournalError) {
    let digest = blob.digest
    let (blobs, control) = (session.layout.blobs.directory, session.control)
    let path = BlobStore.relativePath(of: digest)
    try session.system { () throws(SyscallError) in
      guard let status = try blobs.status(of: path) else { return }
      let kept = try control.keep.status(of: path)
      if let kept, kept.device == status.device, kept.inode == status.inode {
        // Renaming onto another name of the same file does nothing, rename(2).
        try blobs.remove(path, "keep.drop-name")
      } else if let kept, kept.size == status.size {
        let target = try trash.makeFolder(of: id, digest.algorithm.name)
        try blobs.rename(path, to: target, as: digest.encoded, "trash.withdraw")
      } else {
        let target = try control.keep.openOrCreateDirectory(
          digest.algorithm.name, policy: control.policy, "keep.create-folder")
        try blobs.rename(path, to: target, as: digest.encoded, "keep.move")
      }
    }
  }

  /// Brings blobs back into `blobs/`, wherever they are.
  private func bringBack(_ blobs: [OperationRecord.AddedBlob]) throws(JournalError) {
    for blob in blobs {
      let isThere = try session.system { () throws(SyscallError) in
        try session.layout.blobs.contains(blob.digest, size: blob.size)
      }
      if isThere { continue }
      let descriptor = Descriptor(
        mediaType: "application/octet-stream", digest: blob.digest, size: blob.size)
      if try !ContentRestorer(session, database, stage: nil).restore(descriptor) {
        journal.report.notes.append("blob \(blob.digest) is gone and could not be brought back")
      }
    }
    try makeDurable(blobs.map(\.digest))
  }

  /// Makes sure that what came back stays: another tool may have written it without syncing.
  private func makeDurable(_ digests: [Digest]) throws(JournalError) {
    guard session.durability == .full, !digests.isEmpty else { return }
    try session.system { () throws(SyscallError) in
      if digests.count > ContentRetainer.syncEachUpTo {
        return try session.layout.root.syncFilesystem("content.sync-filesystem")
      }
      for digest in digests { _ = try session.layout.blobs.makeDurable(digest, .full) }
    }
  }
}
