internal import CLinux
internal import Glibc

/// What a folder holds, in memory, to put it back as it was any number of times.
///
/// Unlike a copy, the folder keeps its identity: folders that are still there keep their inodes,
/// and files that nobody has touched are left alone. Bytes, permission bits, times of modification
/// and hard links are restored; owners are not. Not for two threads at once.
public final class FolderSnapshot {
  private enum Content {
    case folder
    case file([UInt8], group: UInt64)
    case link(String)
  }

  /// Whether a file was touched since shows in these.
  private struct Identity: Equatable {
    var inode: UInt64
    var size: Int
    var modified: timespec
    var changed: timespec

    init(_ status: stat) {
      inode = UInt64(status.st_ino)
      size = status.st_size
      modified = status.st_mtim
      changed = status.st_ctim
    }

    static func == (left: Identity, right: Identity) -> Bool {
      left.inode == right.inode && left.size == right.size
        && left.modified.tv_sec == right.modified.tv_sec
        && left.modified.tv_nsec == right.modified.tv_nsec
        && left.changed.tv_sec == right.changed.tv_sec
        && left.changed.tv_nsec == right.changed.tv_nsec
    }
  }

  private struct Entry {
    let path: String
    let mode: UInt32
    let content: Content
    var identity: Identity
  }

  /// The folder.
  public let root: String
  private var entries: [Entry] = []
  private var indices: [String: Int] = [:]

  /// Takes in a folder.
  ///
  /// - Throws: ``TestFailure`` when something in it cannot be read.
  public init(of root: String) throws {
    self.root = root
    try walk("") { path, status in
      indices[path] = entries.count
      entries.append(
        Entry(
          path: path, mode: status.st_mode & 0o7777, content: try content(path, status),
          identity: Identity(status)))
      return true
    }
  }

  /// Puts the folder back.
  ///
  /// - Throws: ``TestFailure`` when something cannot be removed or written.
  public func restore() throws {
    try walk("") { path, status in
      if let index = indices[path], isSameKind(entries[index].content, status) { return true }
      try Files.remove(root + path)
      return false
    }
    var written: [UInt64: String] = [:]
    for entry in entries { try restore(entry, &written) }
    for index in entries.indices {
      entries[index].identity = Identity(try status(root + entries[index].path))
    }
  }

  private func restore(_ entry: Entry, _ written: inout [UInt64: String]) throws {
    let path = root + entry.path
    var status = stat()
    let isThere = lstat(path, &status) == 0
    switch entry.content {
    case .folder:
      if !isThere, mkdir(path, entry.mode) != 0 { throw TestFailure.last("mkdir", path) }
      if status.st_mode & 0o7777 != entry.mode { chmod(path, entry.mode) }
    case .link(let target):
      if isThere, Identity(status) == entry.identity { return }
      unlink(path)
      try Files.link(path, to: target)
    case .file(let bytes, let group):
      if isThere, Identity(status) == entry.identity {
        written[group] = path
        return
      }
      unlink(path)
      if let other = written[group] {
        guard link(other, path) == 0 else { throw TestFailure.last("link", path) }
      } else {
        try Files.write(bytes, to: path, mode: entry.mode)
        chmod(path, entry.mode)
        written[group] = path
      }
      let times = [entry.identity.modified, entry.identity.modified]
      guard utimensat(AT_FDCWD, path, times, 0) == 0 else { throw TestFailure.last("utimes", path) }
    }
  }

  private func isSameKind(_ content: Content, _ status: stat) -> Bool {
    switch content {
    case .folder: status.st_mode & S_IFMT == S_IFDIR
    case .file: status.st_mode & S_IFMT == S_IFREG
    case .link: status.st_mode & S_IFMT == S_IFLNK
    }
  }

  private func content(_ path: String, _ status: stat) throws -> Content {
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file(try Files.read(root + path), group: UInt64(status.st_ino))
    case S_IFLNK:
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(root + path, &buffer, buffer.count)
      guard count >= 0 else { throw TestFailure.last("readlink", path) }
      let bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
      return .link(String(decoding: bytes, as: UTF8.self))
    default: throw TestFailure("\(path) is neither file, folder nor link")
    }
  }

  private func status(_ path: String) throws -> stat {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw TestFailure.last("lstat", path) }
    return status
  }

  /// Visits everything below a folder, folders before what is in them.
  ///
  /// - Parameter visit: Whether to go on into what it is given.
  private func walk(_ folder: String, _ visit: (String, stat) throws -> Bool) throws {
    for name in try Files.names(in: root + folder) {
      let path = folder + "/" + name
      let status = try status(root + path)
      guard try visit(path, status), status.st_mode & S_IFMT == S_IFDIR else { continue }
      try walk(path, visit)
    }
  }
}
