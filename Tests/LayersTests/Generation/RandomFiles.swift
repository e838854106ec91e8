import CLinux
import Glibc
import TestSupport

/// A tree of everything that a file system can hold, told by a seed.
struct RandomFiles {
  private var random: SplitMix
  private let isRoot = geteuid() == 0
  // Paths that hard links can be made to.
  private var files: [[UInt8]] = []

  /// Fills a folder.
  ///
  /// - Returns: The number of names.
  @discardableResult
  static func make(in folder: String, seed: UInt64) -> Int {
    var tree = RandomFiles(random: SplitMix(announcing: seed))
    return tree.fill(Array(folder.utf8), depth: 0)
  }

  private mutating func fill(_ folder: [UInt8], depth: Int) -> Int {
    var count = 0
    var made: [[UInt8]] = []
    for _ in 0..<number(depth == 0 ? 12 : 5) {
      let path = folder + [UInt8(ascii: "/")] + name()
      guard make(path, depth) else { continue }
      count += 1
      made.append(path)
      if Self.isFolder(path) { count += fill(path, depth: depth + 1) }
    }
    // Last, so that nothing that follows changes the times and modes again.
    for path in made { finish(path) }
    if depth == 0 { finish(folder, isRoot: true) }
    return count
  }

  private mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

  /// Any bytes, mostly readable, sometimes longer than a tar header holds.
  private mutating func name() -> [UInt8] {
    let length = number(8) == 0 ? 120 + number(130) : 1 + number(12)
    let isWild = number(4) == 0
    let bytes = (0..<length).map { _ in
      isWild ? UInt8(1 + number(255)) : UInt8(ascii: "a") + UInt8(number(26))
    }
    let name = bytes.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "\n") : $0 }
    return name.starts(with: Array(".".utf8)) ? [UInt8(ascii: "x")] + name.dropFirst() : name
  }

  private mutating func make(_ path: [UInt8], _ depth: Int) -> Bool {
    switch number(isRoot ? 11 : 9) {
    case 0, 1: return depth < 4 && Self.call(path) { mkdir($0, 0o755) } == 0
    case 2:
      let target = name()
      return Self.call(path) { link in Self.call(target) { symlink($0, link) } } == 0
    case 3: return Self.call(path) { mkfifo($0, 0o600) } == 0
    case 4, 5:
      guard !files.isEmpty else { return false }
      let target = files[number(files.count)]
      return Self.call(path) { new in Self.call(target) { link($0, new) } } == 0
    case 9, 10:
      let kind = number(2) == 0 ? S_IFCHR : S_IFBLK
      let device = clinux_makedev(UInt32(number(300)), UInt32(number(70000)))
      return Self.call(path) { mknod($0, kind | 0o600, dev_t(device)) } == 0
    default: return makeFile(path)
    }
  }

  private mutating func makeFile(_ path: [UInt8]) -> Bool {
    let descriptor = Self.call(path) { clinux_open($0, O_WRONLY | O_CREAT | O_EXCL, 0o644) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    files.append(path)
    let content = random.bytes(upTo: [0, 10, 511, 512, 5000][number(5)])
    write(descriptor, content, content.count)
    // Holes of every kind: in front, at the end, all of it.
    if number(6) == 0 {
      pwrite(descriptor, content, content.count, 200_000 + number(1_000_000))
      if number(2) == 0 { ftruncate(descriptor, 2_000_000 + number(2_000_000)) }
    }
    return true
  }

  private mutating func finish(_ path: [UInt8], isRoot isTop: Bool = false) {
    var status = stat()
    guard Self.call(path, { lstat($0, &status) }) == 0 else { return }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    let isPlain = [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    if isPlain, number(3) == 0 { setAttribute(path, "user.") }
    if isRoot {
      if number(3) == 0 { setAttribute(path, "trusted.") }
      let ids = [UInt32(number(70_000)), UInt32(number(4_000_000))]
      if number(2) == 0 { _ = Self.call(path) { lchown($0, ids[0], ids[1]) } }
    }
    // Without privileges one's own files must stay readable.
    let mode = mode_t(isTop ? 0o755 : (isRoot ? 0 : 0o600 | 0o100) | number(0o10000))
    if !isLink { _ = Self.call(path) { chmod($0, isRoot ? mode : mode & 0o1777) } }
    let seconds = number(3) == 0 ? -number(1_000_000) : number(4_000_000_000)
    let time = timespec(tv_sec: seconds, tv_nsec: number(1_000_000_000))
    let times = [time, time]
    _ = Self.call(path) { utimensat(AT_FDCWD, $0, times, AT_SYMLINK_NOFOLLOW) }
  }

  private mutating func setAttribute(_ path: [UInt8], _ space: String) {
    let name = space + "n\(number(1000))"
    let value = [UInt8(7)] + random.bytes(upTo: 300)
    _ = Self.call(path) { clinux_lsetxattr($0, name, value, value.count) }
  }

  private static func isFolder(_ path: [UInt8]) -> Bool {
    var status = stat()
    return call(path) { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func call(
    _ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32
  ) -> Int32 {
    (path.map(CChar.init(bitPattern:)) + [0]).withUnsafeBufferPointer {
      $0.baseAddress.map(body) ?? -1
    }
  }
}
