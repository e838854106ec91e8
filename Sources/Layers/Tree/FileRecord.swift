internal import Glibc
internal import Store

/// What is known of one inode of an extracted tree, in fixed size.
struct FileRecord: BitwiseCopyable {
  /// Properties that need a bit each.
  struct Flags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// The file has extended attributes, or may have inherited some.
    static var hasAttributes: Flags { Flags(rawValue: 1) }
    /// A directory whose times or mode on disk are not final yet.
    static var isPending: Flags { Flags(rawValue: 2) }
  }

  var kind: FileStatus.Kind
  var flags: Flags = []
  var permissions: UInt16
  var userID: UInt32 = 0
  var groupID: UInt32 = 0
  /// How many names of the tree lead to this file.
  var nameCount: UInt32 = 1
  var size: Int64 = 0
  var modificationSeconds: Int64 = 0
  var modificationNanoseconds: UInt32 = 0
  /// The layer whose opaque marker was last applied to a directory.
  var opaqueLayer: UInt32 = 0
  /// A link's target, or encoded attributes.
  var text: SpooledBytes.Reference = .empty
  // A file's SHA-256; a directory uses the same room for its access time and link count.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init(kind: FileStatus.Kind, permissions: UInt16) {
    self.kind = kind
    self.permissions = permissions
  }

  /// The SHA-256 of a regular file's content.
  var contentHash: ContentHash { ContentHash(words) }

  /// Keeps the SHA-256 that a hasher has computed.
  mutating func setContentHash(_ hasher: consuming ContentHasher) {
    let result = hasher.finalizeBytes()
    words = result
  }

  /// The access time that a directory is to have.
  var directoryAccessTime: FileTime {
    get { FileTime(seconds: Int64(bitPattern: words.0), nanoseconds: Int64(bitPattern: words.1)) }
    set {
      words.0 = UInt64(bitPattern: newValue.seconds)
      words.1 = UInt64(bitPattern: newValue.nanoseconds)
    }
  }

  /// The link count that the file system shows for a directory.
  var directoryLinkCount: UInt64 {
    get { words.2 }
    set { words.2 = newValue }
  }

  /// The modification time.
  var modificationTime: FileTime {
    get {
      FileTime(seconds: modificationSeconds, nanoseconds: Int64(modificationNanoseconds))
    }
    set {
      modificationSeconds = newValue.seconds
      modificationNanoseconds = UInt32(truncatingIfNeeded: newValue.nanoseconds)
    }
  }
}
