internal import Glibc

/// Who owns what is created in a layout, and who may write it.
///
/// Everything below a layout gets the owner of its folder when the program runs as root
/// (umoci-behaviour §7.3) and is group-writable where the folder is, like a git repository with
/// `core.sharedRepository=group`. Otherwise the process's own ids and umask decide.
public struct CreationPolicy: Equatable, Sendable {
  /// A user and a group.
  public struct Owner: Equatable, Sendable {
    /// The user id.
    public let userID: UInt32
    /// The group id.
    public let groupID: UInt32

    /// Names an owner.
    public init(userID: UInt32, groupID: UInt32) {
      self.userID = userID
      self.groupID = groupID
    }
  }

  /// The owner to give new files; nil leaves them to the process.
  public let owner: Owner?
  /// Whether new files and folders are made writable for their group whatever the umask says.
  public let isGroupShared: Bool

  /// The group to give new files of a shared layout, as far as this user may; nil leaves it to the
  /// kernel, which takes the folder's group only below folders with the set-group-id bit.
  public let sharedGroupID: UInt32?

  /// Makes a policy from its parts.
  public init(owner: Owner? = nil, isGroupShared: Bool = false, sharedGroupID: UInt32? = nil) {
    self.owner = owner
    self.isGroupShared = isGroupShared
    self.sharedGroupID = sharedGroupID
  }

  /// The policy that a layout's folder asks for.
  public init(following directory: FileStatus) {
    let ids = Owner(userID: directory.userID, groupID: directory.groupID)
    let isForeign = geteuid() == 0 && (ids.userID != 0 || ids.groupID != getegid())
    owner = isForeign ? ids : nil
    isGroupShared = directory.permissions & 0o020 != 0
    sharedGroupID =
      isGroupShared && owner == nil && directory.groupID != getegid() ? directory.groupID : nil
  }

  /// The mode for creating a file, before the umask.
  var fileMode: UInt32 { isGroupShared ? 0o664 : 0o644 }

  /// The mode for creating a folder, before the umask.
  var directoryMode: UInt32 { isGroupShared ? 0o775 : 0o755 }

  /// Whether what was made is not yet as it shall be.
  var changesWhatIsMade: Bool { owner != nil || isGroupShared }

  /// Gives something that was just made its owner and its mode, by its descriptor alone: whoever owns the
  /// folder around it may give its name to something else at any time.
  ///
  /// - Parameter mode: The mode in a layout that a group shares. A folder's set-group-id bit makes later
  ///   files inherit the group, mkdir(2).
  func apply(
    to descriptor: Int32, mode: UInt32, _ path: String, _ point: FailPoint
  ) throws(SyscallError) {
    if let owner {
      try point.perform("fchown", on: path) {
        Int(fchown(descriptor, owner.userID, owner.groupID))
      }
    }
    if let sharedGroupID {
      // Who is not in the group cannot give it away, and shares what the mode allows.
      _ = try? point.perform("fchown", on: path) { Int(fchown(descriptor, .max, sharedGroupID)) }
    }
    if isGroupShared {
      try point.perform("fchmod", on: path) { Int(fchmod(descriptor, mode)) }
    }
  }
}
