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
