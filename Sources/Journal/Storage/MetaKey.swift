/// The rows of the table `meta`.
enum MetaKey {
  static let storeID = "store_id"
  /// The inodes of the layout's folder and of ours: a copy has others.
  static let inode = "inodes"
  /// The change time of `format`: no copy keeps it.
  static let changed = "format_changed"
  /// The file system, where that has an id for good: a snapshot or clone of it has another.
  static let filesystem = "filesystem"
}
