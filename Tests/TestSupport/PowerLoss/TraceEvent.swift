/// One line of a trace: a system call that changed files, a fail point's mark, or the end.
public struct TraceEvent: Sendable {
  /// The number of the mutating call, from 1; 0 for marks and ends.
  public var ordinal: Int
  /// The call's name, for messages.
  public var call: String
  /// What happened.
  public var action: Action

  /// Makes an event by hand, for tests of the model itself.
  public init(_ action: Action, ordinal: Int = 0, call: String = "") {
    self.ordinal = ordinal
    self.call = call
    self.action = action
  }

  /// A file by its path below the root and, where the trace knows it, its inode number, which
  /// stays the same when the path changes.
  public struct File: Hashable, Sendable, ExpressibleByStringLiteral {
    /// Relative to the root; `.` is the root.
    public var path: String
    /// The inode number in the traced file system.
    public var inode: UInt64?

    /// Names a file.
    public init(_ path: String, inode: UInt64? = nil) {
      self.path = path
      self.inode = inode
    }

    /// Names a file by its path alone.
    public init(stringLiteral path: String) {
      self.init(path)
    }
  }

  /// What a call did; failed calls are `.nothing`.
  public enum Action: Sendable {
    /// open(2) made a new empty file.
    case create(File, mode: UInt32 = 0o644)
    /// O_TMPFILE: a file without a name.
    case createUnnamed(File, mode: UInt32 = 0o644)
    /// Bytes were written at an offset.
    case write(File, offset: Int, [UInt8])
    /// The size was set.
    case truncate(File, size: Int)
    /// fallocate(2) set a range to zeros.
    case zero(File, offset: Int, length: Int)
    /// fsync(2) of a file or folder.
    case sync(File)
    /// fdatasync(2): like `sync`, but permission bits may be left out.
    case syncData(File)
    /// syncfs(2) or sync(2).
    case syncEverything
    /// rename(2); the target is replaced.
    case rename(from: String, to: String)
    /// renameat2(2) with RENAME_EXCHANGE.
    case exchange(String, String)
    /// link(2): a second name.
    case link(File, to: String)
    /// symlink(2).
    case symlink(File, target: String)
    /// mkdir(2).
    case makeFolder(File, mode: UInt32 = 0o755)
    /// unlink(2).
    case unlink(String)
    /// rmdir(2).
    case removeFolder(String)
    /// chmod(2).
    case setMode(File, UInt32)
    /// A fail point of the traced program announced itself.
    case mark(name: String, phase: String)
    /// The command ended with this exit status (128 + signal).
    case end(status: Int)
    /// Nothing that the model follows: a failed call, an owner, a time, an extended attribute.
    case nothing
  }
}
