internal import CLinux
internal import Glibc
package import Store

/// A folder of a root file system that is being walked.
package final class ScannedFolder {
  /// What makes a folder the same one under another name.
  struct Identity: Equatable {
    let device: UInt64
    let inode: UInt64
    let displayPath: String
  }

  /// The name that the folder was opened by; `.` for the root.
  package let name: [UInt8]
  /// The folder's status, as it was before the walk touched it.
  package let status: FileStatus
  let handle: OpenDirectory
  let isRootless: Bool
  /// The permissions to give back, when some were borrowed.
  var ownPermissions: UInt32?

  init(
    name: [UInt8], handle: OpenDirectory, status: FileStatus, isRootless: Bool,
    ownPermissions: UInt32? = nil
  ) {
    self.name = name
    self.handle = handle
    self.status = status
    self.isRootless = isRootless
    self.ownPermissions = ownPermissions
  }

  /// The folder's path, for messages.
  package var displayPath: String { handle.path }

  /// The path of a name in the folder, for messages.
  package func displayPath(of name: [UInt8]) -> String {
    handle.path(of: String(decoding: name, as: UTF8.self))
  }

  var identity: Identity {
    Identity(device: status.device, inode: status.inode, displayPath: displayPath)
  }
}

// MARK: - What is in the folder

extension ScannedFolder {
  /// The names in the folder, sorted by their bytes, but for the two dots.
  package func names() throws -> FolderNames {
    let copy = clinux_openat(handle.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard copy >= 0, let stream = fdopendir(copy) else {
      throw SyscallError.last("opendir", displayPath)
    }
    defer { closedir(stream) }
    var files: [[UInt8]] = []
    var folders: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      if entry.isDots { continue }
      let name = entry.rawName
      if try isFolder(name, hint: entry.pointee.d_type) {
        folders.append(name)
      } else {
        files.append(name)
      }
    }
    guard errno == 0 else { throw SyscallError.last("readdir", displayPath) }
    files.sort { $0.precedes($1) }
    folders.sort { $0.precedes($1) }
    return FolderNames(files: files, folders: folders)
  }

  private func isFolder(_ name: [UInt8], hint: UInt8) throws -> Bool {
    hint == UInt8(DT_UNKNOWN)
      ? try status(name).kind == .directory : hint == UInt8(DT_DIR)
  }

  /// A name that was listed as no folder, with its status now.
  func file(_ name: [UInt8]) throws -> ScannedFile {
    let status = try status(name)
    guard status.kind != .directory else { throw changed(name) }
    return ScannedFile(name: name, status: status)
  }

  /// What a name stands for now; a symbolic link is not followed.
  func status(_ name: [UInt8]) throws -> FileStatus {
    var status = stat()
    let result = name.withCName { fstatat(handle.descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
    guard result == 0 else {
      guard errno != ENOENT else { throw changed(name) }
      throw SyscallError.last("fstatat", displayPath(of: name))
    }
    return FileStatus(status)
  }

  func changed(_ name: [UInt8]) -> WalkError {
    WalkError(path: displayPath(of: name))
  }
}
