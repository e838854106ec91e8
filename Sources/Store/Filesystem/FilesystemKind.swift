internal import CLinux

/// What kind of file system a folder is on, and what that means for atomic changes; statfs(2).
public struct FilesystemKind: Equatable, Sendable {
  /// The file system's usual name, or its magic number in hexadecimal.
  public let name: String
  /// Whether several hosts may use it at once, with locks and caches of their own.
  public let isNetwork: Bool
  /// Whether its content is gone with the power.
  public let isVolatile: Bool
  /// Whether names can be exchanged atomically there (renameat2(2) with RENAME_EXCHANGE), as far as
  /// is known; nil for file systems that were not tried.
  public let canExchange: Bool?
  /// Whether it is mounted read-only.
  public let isReadOnly: Bool

  /// The number that this very file system has for good, wherever it is mounted; nil where that is not known,
  /// or follows devices and mounts.
  ///
  /// A snapshot of btrfs and a clone of ZFS have another one.
  public let lastingID: String?

  /// Looks at the file system of a folder.
  public init(of directory: OpenDirectory) {
    let magic = clinux_filesystem_magic(directory.descriptor)
    let known = Self.known[magic]
    name = known?.name ?? "0x" + String(magic, radix: 16)
    isNetwork = known?.isNetwork ?? false
    isVolatile = known?.isVolatile ?? false
    canExchange = known?.canExchange
    let id = known?.hasLastingID == true ? clinux_filesystem_id(directory.descriptor) : 0
    lastingID = id == 0 ? nil : String(id, radix: 16)
    isReadOnly = clinux_filesystem_flags(directory.descriptor) & 1 != 0
  }

  private struct Known {
    let name: String
    var isNetwork = false
    var isVolatile = false
    var canExchange: Bool? = true
    /// Whether `f_fsid` comes from an id in the file system itself.
    var hasLastingID = false
  }

  /// The magic numbers of statfs(2).
  private static let known: [Int64: Known] = [
    0xef53: Known(name: "ext4", hasLastingID: true),
    0x5846_5342: Known(name: "xfs"),
    0x9123_683e: Known(name: "btrfs", hasLastingID: true),
    0x0102_1994: Known(name: "tmpfs", isVolatile: true),
    0x794c_7630: Known(name: "overlay"),
    0xf2f5_2010: Known(name: "f2fs"),
    0x2fc1_2fc1: Known(name: "zfs", canExchange: nil, hasLastingID: true),
    0xca45_1a4e: Known(name: "bcachefs", canExchange: nil),
    0x6969: Known(name: "nfs", isNetwork: true, canExchange: false),
    0xff53_4d42: Known(name: "cifs", isNetwork: true, canExchange: false),
    0xfe53_4d42: Known(name: "smb2", isNetwork: true, canExchange: false),
    0x0102_1997: Known(name: "9p", isNetwork: true, canExchange: false),
    0x6573_5546: Known(name: "fuse", canExchange: nil),
    0x4d44: Known(name: "vfat", canExchange: false),
    0x2011_bab0: Known(name: "exfat", canExchange: false),
    0x5346_544e: Known(name: "ntfs", canExchange: false),
  ]
}
