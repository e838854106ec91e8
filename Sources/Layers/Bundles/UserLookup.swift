internal import CLinux
internal import Glibc
internal import Store

/// The users and groups that a root file system knows, for the `user[:group]` of an image
/// (umoci-behaviour §6.4).
///
/// `etc/passwd` and `etc/group` are looked up as if the root file system were the whole world: a
/// symbolic link in it leads nowhere else. Only regular files are read, and opening never waits.
public struct UserLookup: Sendable {
  /// The most that either file may hold, in bytes.
  public static let maximumSize = 16 << 20

  let users: [UserEntry]
  let groups: [GroupEntry]

  /// Knows nobody, as if both files were missing.
  public static let empty = UserLookup(passwd: [], group: [])

  /// Takes the text of both files.
  public init(passwd: [UInt8], group: [UInt8]) {
    users = Self.lines(passwd).map(UserEntry.init)
    groups = Self.lines(group).filter { $0.first != UInt8(ascii: "#") }.map(GroupEntry.init)
  }

  /// Reads both files of a root file system; one that is missing or not regular counts as empty.
  ///
  /// - Throws: ``BundleError/tooLarge(path:limit:)``; ``SyscallError`` when the root itself cannot be
  ///   opened or a file cannot be read.
  public init(rootfs path: String) throws {
    let root = try OpenDirectory.open(path)
    self.init(
      passwd: try Self.read("etc/passwd", in: root), group: try Self.read("etc/group", in: root))
  }

  private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split(separator: UInt8(ascii: "\n")).map(trimmed).filter { !$0.isEmpty }
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    let front = line.drop(while: isBlank)
    let end = front.lastIndex { !isBlank($0) }
    return end.map { front[...$0] } ?? []
  }

  private static func read(_ name: String, in root: OpenDirectory) throws -> [UInt8] {
    // The first look opens nothing: opening a device can have effects of its own.
    guard let pin = open(name, clinux_O_PATH, in: root),
      try pin.status().kind == .regular,
      let file = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY, in: root)
    else { return [] }
    let (expected, actual) = (try pin.status(), try file.status())
    guard expected.device == actual.device, expected.inode == actual.inode else { return [] }
    guard let bytes = try file.readToEnd(limit: maximumSize) else {
      throw BundleError.tooLarge(path: file.path, limit: maximumSize)
    }
    return bytes
  }

  private static func open(_ name: String, _ flags: Int32, in root: OpenDirectory) -> OpenFile? {
    let resolve = clinux_RESOLVE_IN_ROOT | clinux_RESOLVE_NO_MAGICLINKS
    // EAGAIN: somebody renamed a folder on the way meanwhile, openat2(2).
    for _ in 0..<16 {
      let descriptor = clinux_openat2(root.descriptor, name, flags | O_CLOEXEC, 0, resolve)
      if descriptor >= 0 { return OpenFile(descriptor: descriptor, path: root.path(of: name)) }
      guard errno == EAGAIN || errno == EINTR else { return nil }
    }
    return nil
  }
}

/// A line of passwd(5).
struct UserEntry: Sendable {
  let name: [UInt8]
  let userID: Int
  let groupID: Int
  let home: [UInt8]

  init(_ line: ArraySlice<UInt8>) {
    let fields = LineFields(line)
    name = fields[0]
    userID = fields.number(2)
    groupID = fields.number(3)
    home = fields[5]
  }
}

/// A line of group(5).
struct GroupEntry: Sendable {
  let name: [UInt8]
  let groupID: Int
  let members: [[UInt8]]

  init(_ line: ArraySlice<UInt8>) {
    let fields = LineFields(line)
    name = fields[0]
    groupID = fields.number(2)
    members = fields[3].split(separator: UInt8(ascii: ",")).map(Array.init)
  }
}

/// The fields of a line, parted by colons; missing ones are empty.
private struct LineFields {
  private let fields: [ArraySlice<UInt8>]

  init(_ line: ArraySlice<UInt8>) {
    fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
  }

  subscript(index: Int) -> [UInt8] { index < fields.count ? Array(fields[index]) : [] }

  /// The field as a number; one that is none reads as 0, as umoci has it.
  func number(_ index: Int) -> Int { Int(String(decoding: self[index], as: UTF8.self)) ?? 0 }
}
