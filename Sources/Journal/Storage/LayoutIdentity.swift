internal import Store

/// By what a layout knows that it is not a copy of itself; docs/decisions/0041.
struct LayoutIdentity: Equatable {
  /// The inodes of the layout's folder and of ours: a copy has others, and on some mounts everything has
  /// others each time.
  let inodes: String
  /// The change time of `format`, which no copy can keep and no mount changes.
  let changed: String
  /// The file system, where that has an id for good; empty otherwise.
  ///
  /// A snapshot or clone that keeps all else has another one.
  let filesystem: String

  /// Looks at a layout.
  init(of layout: ImageLayout, _ control: ControlFolder) throws(SyscallError) {
    let (root, own) = (try layout.root.status(), try control.directory.status())
    inodes = "\(root.inode)/\(own.inode)"
    let time = try control.directory.status(of: ControlFolder.Names.format)?.changeTime
    changed = time.map { "\($0.seconds).\($0.nanoseconds)" } ?? ""
    filesystem = FilesystemKind(of: layout.root).lastingID ?? ""
  }

  /// One of these parts.
  init(inodes: String, changed: String, filesystem: String) {
    self.inodes = inodes
    self.changed = changed
    self.filesystem = filesystem
  }

  /// What a database remembers; nil when it has not seen its layout yet.
  init?(remembered database: JournalDatabase) throws(JournalError) {
    guard let inodes = try database.meta(MetaKey.inode) else { return nil }
    self.init(
      inodes: inodes, changed: try database.meta(MetaKey.changed) ?? "",
      filesystem: try database.meta(MetaKey.filesystem) ?? "")
  }

  /// Call it inside a transaction.
  func remember(in database: JournalDatabase) throws(JournalError) {
    try database.setMeta(MetaKey.inode, inodes)
    try database.setMeta(MetaKey.changed, changed)
    try database.setMeta(MetaKey.filesystem, filesystem)
  }

  /// Whether both are of one layout.
  func isSameLayout(as other: Self) -> Bool {
    let areKnown = !filesystem.isEmpty && !other.filesystem.isEmpty
    if areKnown, filesystem != other.filesystem { return false }
    return inodes == other.inodes || !changed.isEmpty && changed == other.changed
  }
}
