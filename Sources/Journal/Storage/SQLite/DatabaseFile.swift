package import Store

/// A database by the open folder that it lies in: SQLite gets no path, which may be longer than it bears
/// (512 bytes), or name something else by now.
package struct DatabaseFile: Sendable {
  let folder: OpenDirectory
  let name: String

  /// Names a database, which need not be there.
  package init(folder: OpenDirectory, name: String) {
    self.folder = folder
    self.name = name
  }

  /// The path, for messages.
  var path: String { folder.path(of: name) }

  /// What SQLite is given for a path: two slashes, the folder's descriptor, and the name in it.
  ///
  /// ``JournalingVFS`` knows what that is. Only good as long as the folder is open.
  var address: String { "//\(folder.descriptor)/\(name)" }

  /// Another file in the same folder, whose name begins with this one's.
  func appending(_ suffix: String) -> DatabaseFile {
    DatabaseFile(folder: folder, name: name + suffix)
  }
}

extension DatabaseFile {
  /// The name of a journal's database.
  static let usualName = "journal.db"

  /// The database of a journal.
  init(in directory: OpenDirectory) {
    self.init(folder: directory, name: Self.usualName)
  }

  /// The file in which SQLite notes what a commit replaces.
  var rollbackJournal: DatabaseFile { appending(JournalingVFS.journalSuffix) }

  /// Creates the database and its rollback journal, empty, when they are missing.
  ///
  /// SQLite keeps the owner and mode that it finds. Its journal is there from the start, so that
  /// no commit has to sync the folder for its name; see ``JournalingVFS``.
  ///
  /// - Returns: Whether anything was created; its name is not synced yet.
  @discardableResult
  func createIfMissing(_ policy: CreationPolicy) throws(SyscallError) -> Bool {
    var isChanged = false
    for name in [name, rollbackJournal.name] where try folder.status(of: name) == nil {
      _ = try folder.openOrCreateFile(name, policy: policy, "folder.create-database")
      isChanged = true
    }
    return isChanged
  }
}
