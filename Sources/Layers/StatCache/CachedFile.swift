internal import Store

/// What a stat cache says of one file: what its mtree entry says, and the status with which that was
/// found to be true.
struct CachedFile {
  /// The last component of the path; `.` for the root.
  let name: [UInt8]
  let kind: FileStatus.Kind
  let permissions: UInt32
  let userID: UInt32
  let groupID: UInt32
  let linkCount: UInt64
  let size: Int64
  let modificationTime: FileTime
  let changeTime: FileTime
  let inode: UInt64
  /// Whether the status proves anything: it had been settled for long enough when it was taken.
  let isProof: Bool
  /// Where a link's target or the encoded attributes lie in the block.
  let text: Range<Int>
  /// Where the SHA-256 of a regular file lies in the block.
  let hash: Range<Int>

  /// Whether a file with that status can only be the very file, unchanged.
  ///
  /// - Parameter device: The device of the tree: only what is on it can be proven.
  func isProven(by status: FileStatus, on device: UInt64) -> Bool {
    isProof && device == status.device && inode == status.inode && changeTime == status.changeTime
      && modificationTime == status.modificationTime && isAlike(status)
  }

  /// Whether the status says what the mtree file entry says.
  func isAlike(_ status: FileStatus) -> Bool {
    size == status.size && kind == status.kind && permissions == status.permissions
      && userID == status.userID && groupID == status.groupID && linkCount == status.linkCount
      && modificationTime.seconds == status.modificationTime.seconds
  }
}

extension FileStatus.Kind {
  /// The letter of ls(1) for a kind that can be packed or listed.
  var letter: UInt8 {
    switch self {
    case .regular, .unknown: UInt8(ascii: "-")
    case .directory: UInt8(ascii: "d")
    case .symbolicLink: UInt8(ascii: "l")
    case .characterDevice: UInt8(ascii: "c")
    case .blockDevice: UInt8(ascii: "b")
    case .fifo: UInt8(ascii: "p")
    case .socket: UInt8(ascii: "s")
    }
  }

  /// The kind of a letter.
  init?(letter: UInt8) {
    let kinds: [FileStatus.Kind] = [
      .regular, .directory, .symbolicLink, .characterDevice, .blockDevice, .fifo, .socket,
    ]
    guard let kind = kinds.first(where: { $0.letter == letter }) else { return nil }
    self = kind
  }
}
