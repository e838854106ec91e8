internal import CLinux
internal import Glibc

/// Plain reading and writing of files by their paths, past the ring that is under test.
public enum Files {
  /// Writes a file, replacing it in place if it is there.
  public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws {
    let file = clinux_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw TestFailure.last("open", path) }
    defer { close(file) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(file, $0.baseAddress?.advanced(by: offset), bytes.count - offset)
      }
      guard count > 0 else { throw TestFailure.last("write", path) }
      offset += count
    }
  }

  /// Writes a text file, replacing it in place if it is there.
  public static func write(_ text: String, to path: String, mode: UInt32 = 0o644) throws {
    try write(Array(text.utf8), to: path, mode: mode)
  }

  /// The whole content of a file.
  public static func read(_ path: String) throws -> [UInt8] {
    let file = clinux_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard file >= 0 else { throw TestFailure.last("open", path) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &block, block.count)
      guard count >= 0 else { throw TestFailure.last("read", path) }
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
  }

  /// Makes a folder and the folders above it, as far as they are missing.
  public static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw TestFailure.last("mkdir", path)
    }
    try makeDirectory(String(path[..<slash]))
    guard mkdir(path, mode) == 0 else { throw TestFailure.last("mkdir", path) }
  }

  /// Removes a file, symbolic link or whole folder; nothing there is no error.
  public static func remove(_ path: String) throws {
    if unlink(path) == 0 || errno == ENOENT { return }
    let outcome = try ExternalCommand.run(["rm", "-rf", path])
    guard outcome.status == 0 else { throw TestFailure(outcome.standardError) }
  }

  /// Makes a symbolic link.
  public static func link(_ path: String, to destination: String) throws {
    guard symlink(destination, path) == 0 else { throw TestFailure.last("symlink", path) }
  }

  /// The names in a folder, sorted; `.` and `..` are left out.
  public static func names(in path: String) throws -> [String] {
    guard let stream = opendir(path) else { throw TestFailure.last("opendir", path) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether anything has the path, be it a dangling symbolic link.
  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether a path is that of a plain file: of a fifo nobody should read.
  public static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Says that a file was last written at a time, in seconds since 1970.
  public static func setModificationTime(of path: String, seconds: Int64) throws {
    let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
    guard utimensat(AT_FDCWD, path, [time, time], 0) == 0 else {
      throw TestFailure.last("utimes", path)
    }
  }

  /// The type and permission bits of a path, not following a symbolic link.
  public static func mode(of path: String) throws -> UInt32 {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw TestFailure.last("lstat", path) }
    return UInt32(status.st_mode)
  }

  /// Everything below a folder, one line each: type, permissions, path, and what is in it.
  ///
  /// Equal listings mean equal trees as far as names, modes and contents go. Sorted by path.
  public static func listing(_ path: String) throws -> [String] {
    let script = #"""
      cd "$1" && find . -mindepth 1 -printf '%y %m %p %l\n' | LC_ALL=C sort -k3
      find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
      """#
    let outcome = try ExternalCommand.run(["sh", "-c", script, "sh", path])
    guard outcome.status == 0 else { throw TestFailure(outcome.standardError) }
    return outcome.standardOutput.split(separator: "\n").map(String.init)
  }
}
