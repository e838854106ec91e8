package import Glibc

/// What a file is: the answer of fstatat(2), with full-precision times.
public struct FileStatus: Equatable, Hashable, Sendable {
  /// The kinds of file that inode(7) knows.
  public enum Kind: Sendable, BitwiseCopyable {
    case regular
    case directory
    case symbolicLink
    case characterDevice
    case blockDevice
    case fifo
    case socket
    case unknown

    /// The kind in words, with its article.
    public var words: String {
      switch self {
      case .regular: "a file"
      case .directory: "a folder"
      case .symbolicLink: "a symbolic link"
      case .characterDevice, .blockDevice: "a device"
      case .fifo: "a fifo"
      case .socket: "a socket"
      case .unknown: "something unknown"
      }
    }
  }

  /// The device that holds the file.
  public let device: UInt64
  /// The inode number on that device.
  public let inode: UInt64
  /// The type and permission bits, `st_mode`.
  public let mode: UInt32
  /// The number of hard links.
  public let linkCount: UInt64
  /// The owner's user id.
  public let userID: UInt32
  /// The owner's group id.
  public let groupID: UInt32
  /// The device that a device node stands for.
  public let representedDevice: UInt64
  /// The size in bytes.
  public let size: Int64
  /// The number of 512-byte blocks in use.
  public let blocks: Int64
  /// The time of the last access.
  public let accessTime: FileTime
  /// The time of the last change of content.
  public let modificationTime: FileTime
  /// The time of the last change of content or metadata.
  public let changeTime: FileTime

  package init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    mode = UInt32(status.st_mode)
    linkCount = UInt64(status.st_nlink)
    userID = status.st_uid
    groupID = status.st_gid
    representedDevice = UInt64(status.st_rdev)
    size = Int64(status.st_size)
    blocks = Int64(status.st_blocks)
    accessTime = FileTime(status.st_atim)
    modificationTime = FileTime(status.st_mtim)
    changeTime = FileTime(status.st_ctim)
  }

  /// The kind of file.
  public var kind: Kind {
    switch mode & UInt32(S_IFMT) {
    case UInt32(S_IFREG): .regular
    case UInt32(S_IFDIR): .directory
    case UInt32(S_IFLNK): .symbolicLink
    case UInt32(S_IFCHR): .characterDevice
    case UInt32(S_IFBLK): .blockDevice
    case UInt32(S_IFIFO): .fifo
    case UInt32(S_IFSOCK): .socket
    default: .unknown
    }
  }

  /// The twelve permission bits.
  public var permissions: UInt32 { mode & 0o7777 }

  /// Whether both describe the very same file, whatever its content was then.
  package func isSameFile(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }

  /// Whether both describe the very same file with unchanged content, as far as its status tells.
  public func isSameVersion(as other: FileStatus) -> Bool {
    isSameFile(as: other) && size == other.size
      && modificationTime == other.modificationTime && changeTime == other.changeTime
  }
}

/// A time stamp of a file, in seconds and nanoseconds since the epoch, UTC.
public struct FileTime: Equatable, Hashable, Comparable, Sendable {
  /// Whole seconds since 1970-01-01T00:00:00Z; negative before.
  public let seconds: Int64
  /// The nanoseconds to add, 0 ..< 1 000 000 000.
  public let nanoseconds: Int64

  /// Makes a time from its parts.
  public init(seconds: Int64, nanoseconds: Int64) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  init(_ time: timespec) {
    self.init(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }

  /// Orders times from earlier to later.
  public static func < (left: FileTime, right: FileTime) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}
