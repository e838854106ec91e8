public import Store

/// What lies at one path of an extracted root file system, as lstat(2) would say it now.
///
/// It has all that an mtree needs of the path, so that the tree is not walked and not hashed again.
public struct ExtractedEntry: Equatable, Sendable {
  /// The last component of the path, as bytes; `.` for the root.
  public var name: [UInt8]
  /// The kind of file.
  public var kind: FileStatus.Kind
  /// The twelve permission bits.
  public var permissions: UInt32
  /// The owner's user id on this host, after mapping.
  public var userID: UInt32
  /// The owner's group id on this host, after mapping.
  public var groupID: UInt32
  /// `st_size` in bytes, for every kind: a directory's own, a symbolic link's target length.
  public var size: Int64
  /// The number of hard links, `st_nlink`.
  public var linkCount: UInt64
  /// The modification time in whole seconds since the epoch, UTC, rounded down.
  public var modificationSeconds: Int64
  /// The target of a symbolic link; nil for other kinds.
  public var linkTarget: [UInt8]?
  /// The SHA-256 of a regular file's content; nil for other kinds.
  public var contentHash: ContentHash?
  /// The extended attributes of a regular file or a directory, in the order of listxattr(2).
  ///
  /// Empty where gomtree writes none (umoci-behaviour §2.3): when the list of names or one value is
  /// longer than 1024 bytes or cannot be read, and for other kinds.
  public var attributes: [ExtendedAttribute]
}

/// A step of a walk through an extracted tree, in the order of an mtree.
public enum ExtractedStep: Sendable {
  /// A directory begins; `path` is relative to the root, `.` for the root itself.
  ///
  /// Then come its other entries, sorted by their bytes, then its sub-directories, sorted by
  /// their bytes, each with all that is below it, then ``leave``.
  case enter(ExtractedEntry, path: [UInt8])
  /// An entry of the current directory that is not a directory.
  case item(ExtractedEntry)
  /// The current directory is complete.
  case leave
}
