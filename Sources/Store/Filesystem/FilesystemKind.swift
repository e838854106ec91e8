internal import CLinux

/// What kind of file system a folder is on, and what that means for atomic changes; statfs(2).
public struct FilesystemKind: Equatable, Sendable {
  /// The file system's usual name, or its magic number in hexadecimal.
  public let name: String
  /// Whether several hosts may use it at once, with locks and caches of their own: those that do, and all that are
  /// not known to be local.
  public let mayBeShared: Bool
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
    let mountType = magic == Self.fuse ? Self.mountType(of: directory) : nil
    name = mountType ?? known?.name ?? "0x" + String(magic, radix: 16)
    mayBeShared = (known?.isNetwork ?? true) && !Self.isLocal(mountType)
    isVolatile = known?.isVolatile ?? false
    canExchange = known?.canExchange
    let id = known?.hasLastingID == true ? clinux_filesystem_id(directory.descriptor) : 0
    lastingID = id == 0 ? nil : String(id, radix: 16)
    isReadOnly = clinux_filesystem_flags(directory.descriptor) & 1 != 0
  }

  private static func isLocal(_ mountType: String?) -> Bool {
    guard let mountType else { return false }
    return localFuse.contains(
      mountType.hasPrefix("fuse.") ? String(mountType.dropFirst(5)) : mountType)
  }

  /// The type by which a folder's file system is mounted, such as `fuse.sshfs`; nil when /proc does not tell.
  private static func mountType(of directory: OpenDirectory) -> String? {
    guard let device = try? directory.status().device,
      let file = try? OpenDirectory.open("/").openFile(
        "/proc/self/mountinfo", followingLinks: true),
      let bytes = try? file.readToEnd(limit: 1 << 24)
    else { return nil }
    let number = "\(clinux_major(device)):\(clinux_minor(device))"
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 6, words[2] == number, let dash = words.firstIndex(of: "-") else {
        continue
      }
      return words.dropFirst(dash + 1).first.map(String.init)
    }
    return nil
  }

  private static let fuse: Int64 = 0x6573_5546
  /// Types of FUSE mounts whose content is on disks of this host, without the `fuse.` that a subtype has.
  private static let localFuse: Set = ["fuseblk", "fuse-overlayfs"]

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
    fuse: Known(name: "fuse", isNetwork: true, canExchange: nil),
    0x4d44: Known(name: "vfat", canExchange: false),
    0x2011_bab0: Known(name: "exfat", canExchange: false),
    0x5346_544e: Known(name: "ntfs", canExchange: false),
    0x7366_746e: Known(name: "ntfs3", canExchange: nil),
    0x8584_58f6: Known(name: "ramfs", isVolatile: true, canExchange: nil),
    0xf15f: Known(name: "ecryptfs", canExchange: nil),
    0x3153_464a: Known(name: "jfs", canExchange: nil),
    0x5265_4973: Known(name: "reiserfs", canExchange: nil),
    0x3434: Known(name: "nilfs2", canExchange: nil),
    0x2405_1905: Known(name: "ubifs", canExchange: nil),
    0x72b6: Known(name: "jffs2", canExchange: nil),
    0x482b: Known(name: "hfsplus", canExchange: nil),
    0x1501_3346: Known(name: "udf", canExchange: nil),
    0x9660: Known(name: "iso9660", canExchange: nil),
    0x7371_7368: Known(name: "squashfs", canExchange: nil),
    0xe0f5_e1e2: Known(name: "erofs", canExchange: nil),
    0x517b: Known(name: "smb", isNetwork: true, canExchange: false),
    0x00c3_6400: Known(name: "ceph", isNetwork: true, canExchange: nil),
    0x0bd0_0bd0: Known(name: "lustre", isNetwork: true, canExchange: nil),
    0x4750_4653: Known(name: "gpfs", isNetwork: true, canExchange: nil),
    0x5346_414f: Known(name: "afs", isNetwork: true, canExchange: nil),
    0x7461_636f: Known(name: "ocfs2", isNetwork: true, canExchange: nil),
    0x0116_1970: Known(name: "gfs2", isNetwork: true, canExchange: nil),
  ]
}
