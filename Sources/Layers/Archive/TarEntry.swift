internal import Store

/// One entry of a tar stream, whatever dialect described it.
///
/// Reused from entry to entry, so that reading a million entries allocates nothing for most.
struct TarEntry {
  /// What kind of thing an entry makes.
  enum Kind: Equatable {
    case regular
    case directory
    case symbolicLink
    case hardLink
    case characterDevice
    case blockDevice
    case fifo
  }

  /// The name as stored, any bytes but NUL.
  var path: [UInt8] = []
  /// The target of a symbolic or hard link as stored.
  var linkTarget: [UInt8] = []
  var kind = Kind.regular
  /// The twelve permission bits.
  var permissions: UInt16 = 0
  /// The owner as the image sees it, not mapped.
  var userID: UInt32 = 0
  /// The group as the image sees it, not mapped.
  var groupID: UInt32 = 0
  /// The length of a regular file in bytes, holes included.
  var size: Int64 = 0
  var modificationTime = FileTime(seconds: 0, nanoseconds: 0)
  /// The access time, or nil when the entry has none.
  var accessTime: FileTime?
  var deviceMajor: UInt32 = 0
  var deviceMinor: UInt32 = 0
  var attributes: [ExtendedAttribute] = []
  /// Whether there is an access control list as text that cannot be read.
  var hasUnreadableAccessList = false
  /// What others may read differently in its headers.
  var doubts: [TarDoubt] = []
}
