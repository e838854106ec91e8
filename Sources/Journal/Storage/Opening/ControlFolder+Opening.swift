internal import Store

/// Finding the folder, and what is in it.
extension ControlFolder {
  /// Opens a folder whose making was finished.
  ///
  /// - Throws: ``JournalError/newerFormat(path:found:supported:)`` and system errors.
  convenience init(
    opening directory: OpenDirectory, policy: CreationPolicy
  ) throws(JournalError) {
    // What is in the place of a folder is told before what is missing.
    for name in Names.folders { try directory.expect(.directory, at: name) }
    try self.init(
      opening: directory, policy: policy, missingFormat: Self.missingFormat(in: directory))
  }

  /// Finds the folder of a layout without changing anything.
  ///
  /// - Returns: Nil when the layout has none, or when its making was interrupted.
  static func find(in layout: ImageLayout) throws(JournalError) -> ControlFolder? {
    try layout.root.expect(.directory, at: name)
    let directory: OpenDirectory
    do throws(SyscallError) { directory = try layout.root.openDirectory(name) } catch {
      if error.isNotFound { return nil }
      throw .system(error)
    }
    do throws(JournalError) {
      return try ControlFolder(opening: directory, policy: layout.policy)
    } catch {
      // Its making was interrupted: the file comes last.
      if case .system(let cause) = error, cause.isNotFound { return nil }
      throw error
    }
  }

  /// What a file `format` said that somebody has removed; nil when it is there, or never was.
  private static func missingFormat(
    in directory: OpenDirectory
  ) throws(JournalError) -> StoreFormat? {
    do throws(SyscallError) {
      guard try directory.status(of: Names.format) == nil else { return nil }
    } catch {
      throw .system(error)
    }
    return try FormatRepair.storeID(directory).map { StoreFormat(storeID: $0) }
  }

  /// The storage that remembers the journal of a layout: the one place that chooses.
  func storage(of layout: ImageLayout) -> any JournalStorage { SQLiteStorage(layout, self) }

  /// The rows of a layout that has no journal: none, and gone with the process.
  static func emptyRows() throws(JournalError) -> JournalDatabase {
    try JournalDatabase.makeInMemory()
  }

  /// Whether there is any record file.
  func hasRecords() throws(JournalError) -> Bool {
    var found = false
    do throws(SyscallError) {
      try records.forEachEntry { found = found || RecordFolder.sequence(of: $0) != nil }
    } catch {
      throw .system(error)
    }
    return found
  }
}
