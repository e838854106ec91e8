import CLinux
import Glibc
import Store

/// All that must survive a layer of each path below a folder; names are bytes.
struct TreeFacts: Equatable {
  private(set) var lines: [String] = []
  // Files with several names, numbered in the order in which they are met.
  private var groups: [UInt64: Int] = [:]

  static func == (left: TreeFacts, right: TreeFacts) -> Bool { left.lines == right.lines }

  init(_ root: String) { collect(Array(root.utf8), "") }

  /// The lines of one side only.
  func difference(from other: TreeFacts) -> String {
    (lines.filter { !other.lines.contains($0) }.map { "- \($0)" }
      + other.lines.filter { !lines.contains($0) }.map { "+ \($0)" }).joined(separator: "\n")
  }

  private mutating func collect(_ path: [UInt8], _ name: String) {
    var raw = stat()
    guard Self.call(path, { lstat($0, &raw) }) == 0 else { return lines.append("\(name) is gone") }
    var facts =
      "\(name) \(String(raw.st_mode, radix: 8)) \(raw.st_uid):\(raw.st_gid) @\(raw.st_mtim.tv_sec)"
    switch raw.st_mode & S_IFMT {
    case S_IFREG: facts += " \(raw.st_size) \(Self.content(path))"
    case S_IFLNK: facts += " -> \(Self.target(path))"
    case S_IFCHR, S_IFBLK: facts += " device \(raw.st_rdev)"
    default: break
    }
    if raw.st_mode & S_IFMT != S_IFDIR {
      let group = groups[UInt64(raw.st_ino)] ?? groups.count
      groups[UInt64(raw.st_ino)] = group
      facts += " file \(group) of \(raw.st_nlink) names"
    }
    lines.append(facts + Self.attributes(path))
    guard raw.st_mode & S_IFMT == S_IFDIR else { return }
    for child in Self.names(path) {
      collect(path + [UInt8(ascii: "/")] + child, "\(name)/\(Self.text(child))")
    }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    bytes.map { (0x21...0x7e).contains($0) ? String(UnicodeScalar($0)) : "%\($0)" }.joined()
  }

  private static func call<Result>(
    _ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result
  ) -> Result {
    (path.map(CChar.init(bitPattern:)) + [0]).withUnsafeBufferPointer {
      $0.baseAddress.map(body) ?? body("")
    }
  }

  private static func content(_ path: [UInt8]) -> String {
    let descriptor = call(path) { clinux_open($0, O_RDONLY | O_NOFOLLOW, 0) }
    guard descriptor >= 0 else { return "unreadable" }
    let file = OpenFile(descriptor: descriptor, path: "")
    guard let bytes = try? file.readToEnd(limit: 1 << 30) else { return "unreadable" }
    return String(Digest.sha256(of: bytes).encoded.prefix(16))
  }

  private static func target(_ path: [UInt8]) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = call(path) { readlink($0, &buffer, buffer.count) }
    return text(buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)))
  }

  private static func attributes(_ path: [UInt8]) -> String {
    var buffer = [CChar](repeating: 0, count: 65536)
    let count = call(path) { clinux_llistxattr($0, &buffer, buffer.count) }
    let names = buffer.prefix(max(count, 0)).split(separator: 0).map {
      String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    return names.filter { $0 != "security.selinux" }.sorted().map { name in
      var value = [UInt8](repeating: 0, count: 65536)
      let size = call(path) { clinux_lgetxattr($0, name, &value, value.count) }
      return " \(name)=\(text(Array(value.prefix(max(size, 0)))))"
    }.joined()
  }

  private static func names(_ path: [UInt8]) -> [[UInt8]] {
    guard let folder = call(path, { opendir($0) }) else { return [] }
    defer { closedir(folder) }
    var names: [[UInt8]] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
