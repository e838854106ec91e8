import CLinux
import Glibc
import Store

/// A folder that goes away with its last reference, whatever a test has put into it.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/layers-test-XXXXXX".utf8CString)
    path =
      mkdtemp(&template) == nil
      ? "/nonexistent"
      : template.withUnsafeBufferPointer {
        String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
  }

  deinit {
    _ = Command.run(["chmod", "-R", "u+rwx", path])
    _ = Command.run(["rm", "-rf", path])
  }

  func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// Programs that tests compare with.
enum Command {
  /// Runs a program and waits for it; returns its exit status, or -1 when there is no such program.
  static func run(_ arguments: [String], in directory: String? = nil) -> Int32 {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    let child = clinux_spawn(&pointers, directory)
    guard child > 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return clinux_exit_status(status)
  }

  /// Whether a program can be started.
  static func exists(_ name: String) -> Bool {
    run(["sh", "-c", "command -v \(name) >/dev/null"]) == 0
  }
}

/// What tests ask of files.
enum Files {
  static func write(_ bytes: [UInt8], to path: String) {
    let file = clinux_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  static func read(_ path: String) -> [UInt8]? {
    let descriptor = clinux_open(path, O_RDONLY | O_NOFOLLOW, 0)
    guard descriptor >= 0 else { return nil }
    return try? OpenFile(descriptor: descriptor, path: path).readToEnd(limit: 1 << 30)
  }

  static func text(_ path: String) -> String? {
    read(path).map { String(decoding: $0, as: UTF8.self) }
  }

  static func status(_ path: String) -> FileStatus? {
    var status = stat()
    return lstat(path, &status) == 0 ? FileStatus(status) : nil
  }

  static func exists(_ path: String) -> Bool { status(path) != nil }

  static func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4097)
    let count = readlink(path, &buffer, 4096)
    guard count >= 0 else { return nil }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func attribute(_ name: String, of path: String) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = clinux_lgetxattr(path, name, &buffer, buffer.count)
    return count >= 0 ? Array(buffer.prefix(count)) : nil
  }

  /// The names in a folder, sorted.
  static func names(_ path: String) -> [String] {
    (try? OpenDirectory.open(path).entryNames()) ?? []
  }

  /// Everything below a folder, in a form that shows any change.
  static func snapshot(_ path: String) -> [String] {
    guard let status = status(path) else { return [] }
    var lines = [
      "\(path) \(String(status.mode, radix: 8)) \(status.userID) \(status.groupID)"
        + " \(status.modificationTime) \(status.linkCount) \(status.inode)"
    ]
    switch status.kind {
    case .directory: for name in names(path) { lines += snapshot(path + "/" + name) }
    case .regular: lines.append("= \(read(path) ?? [])")
    case .symbolicLink: lines.append("-> \(linkTarget(path) ?? "")")
    default: break
    }
    return lines
  }
}
