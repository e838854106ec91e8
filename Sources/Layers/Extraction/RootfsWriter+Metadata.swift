internal import CLinux
internal import Glibc
internal import Store

/// A file whose metadata is to be set.
enum FileHandle {
  /// An open file.
  case open(Int32)
  /// A name in a directory; a symbolic link itself, never what it leads to.
  case named(ExtractedTree.Node, UnsafeRawBufferPointer)
}

/// Owners, modes, attributes and times, in the order of umoci-behaviour §4.5.
///
/// What the kernel has set right already is not set again: most files of most images need no call
/// but the one for their times.
extension RootfsWriter {
  /// Gives a file that was just made in a directory its metadata, and records it.
  func finishNew(
    _ file: FileHandle, in parent: Node, _ metadata: EntryMetadata, _ record: inout FileRecord
  ) throws {
    let predicted = ownerOfNewFile(in: parent)
    try setOwner(
      file, metadata.owner, isSet: predicted != nil && predicted == metadata.owner, &record)
    let inherits = inheritsAttributes || tree[parent].flags.contains(.hasAttributes)
    let keepsMode =
      metadata.permissions & (process.umask | 0o7000) == 0
      && tree[parent].permissions & 0o2000 == 0 && !inherits
    try setModeAndAttributes(
      file, metadata, isModeSet: keepsMode, hasOldAttributes: inherits, &record)
    try setTimes(file, metadata, &record)
  }

  /// Replaces the metadata of a directory, or symbolic link, that was there before.
  func finishExisting(
    _ file: FileHandle, _ metadata: EntryMetadata, _ record: inout FileRecord
  ) throws {
    let isSame =
      metadata.owner == EntryMetadata.Owner(userID: record.userID, groupID: record.groupID)
    try setOwner(file, metadata.owner, isSet: isSame, &record)
    let isModeSet = isSame && record.permissions == metadata.permissions
    try setModeAndAttributes(
      file, metadata, isModeSet: isModeSet,
      hasOldAttributes: record.flags.contains(.hasAttributes) || inheritsAttributes, &record)
    try setTimes(file, metadata, &record)
  }

  /// The owner that the kernel gives to a new file in a directory, or nil when that is uncertain:
  /// with set-group-id directories and some mount options the group is the directory's.
  private func ownerOfNewFile(in parent: Node) -> EntryMetadata.Owner? {
    guard tree[parent].groupID == process.groupID else { return nil }
    return EntryMetadata.Owner(userID: process.userID, groupID: process.groupID)
  }

  /// Sets the owner of a file, unless it is known to be right, and records it.
  func setOwner(
    _ file: FileHandle, _ owner: EntryMetadata.Owner?, isSet: Bool, _ record: inout FileRecord
  ) throws(SyscallError) {
    guard let owner else {
      record.userID = process.userID
      record.groupID = process.groupID
      return
    }
    record.userID = owner.userID
    record.groupID = owner.groupID
    if isSet { return }
    switch file {
    case .open(let descriptor):
      try perform("extract.owner", "fchown") {
        Int(fchown(descriptor, owner.userID, owner.groupID))
      }
    case .named(let parent, let name):
      try perform("extract.owner", "fchownat", parent, name) {
        Int(fchownat($0, $1, owner.userID, owner.groupID, AT_SYMLINK_NOFOLLOW))
      }
    }
  }

  private func setModeAndAttributes(
    _ file: FileHandle, _ metadata: EntryMetadata, isModeSet: Bool, hasOldAttributes: Bool,
    _ record: inout FileRecord
  ) throws {
    let hasAttributes = hasOldAttributes || !metadata.attributes.isEmpty
    // Without privileges, files must be made accessible for `user.` attributes, and directories
    // for what is to be put into them; those get their final mode at the end.
    let extra: UInt16 = process.isPrivileged ? 0 : record.kind == .directory ? 0o700 : 0o600
    let isRegular = record.kind == .regular
    let needsExtra = extra != 0 && (record.kind == .directory || (isRegular && hasAttributes))
    if record.kind != .symbolicLink {
      let first = needsExtra ? metadata.permissions | extra : metadata.permissions
      if !isModeSet || first != metadata.permissions { try setMode(file, first) }
      record.permissions = metadata.permissions
    }
    if hasAttributes {
      try setAttributes(file, metadata.attributes, hasOld: hasOldAttributes, &record)
      if isRegular, needsExtra { try setMode(file, metadata.permissions) }
    } else {
      record.flags.remove(.hasAttributes)
      record.text = record.kind == .symbolicLink ? record.text : .empty
    }
  }

  func setMode(_ file: FileHandle, _ mode: UInt16) throws(SyscallError) {
    switch file {
    case .open(let descriptor):
      try perform("extract.mode", "fchmod") { Int(fchmod(descriptor, UInt32(mode))) }
    case .named(let parent, let name):
      try perform("extract.mode", "fchmodat", parent, name) {
        Int(clinux_fchmodat($0, $1, UInt32(mode)))
      }
    }
  }

  private func setTimes(
    _ file: FileHandle, _ metadata: EntryMetadata, _ record: inout FileRecord
  ) throws(SyscallError) {
    record.modificationTime = metadata.modificationTime
    if record.kind == .directory {
      // Later entries change them again; they are set at the end.
      record.directoryAccessTime = metadata.accessTime
      record.flags.insert(.isPending)
      return
    }
    try setTimes(file, access: metadata.accessTime, modification: metadata.modificationTime)
  }

  /// Sets the times of a file.
  func setTimes(
    _ file: FileHandle, access: FileTime, modification: FileTime
  ) throws(SyscallError) {
    var times = (timespec(access), timespec(modification))
    try withUnsafePointer(to: &times) { pointer throws(SyscallError) in
      try pointer.withMemoryRebound(to: timespec.self, capacity: 2) {
        times throws(SyscallError) in
        switch file {
        case .open(let descriptor):
          try perform("extract.times", "futimens") { Int(futimens(descriptor, times)) }
        case .named(let parent, let name):
          try perform("extract.times", "utimensat", parent, name) {
            Int(utimensat($0, $1, times, AT_SYMLINK_NOFOLLOW))
          }
        }
      }
    }
  }

  /// Makes a call on an open file.
  func perform(
    _ point: FailPoint, _ call: String, _ body: () -> Int
  ) throws(SyscallError) {
    try point.perform(call, on: root.path, body)
  }
}

extension timespec {
  init(_ time: FileTime) {
    self.init(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
  }
}
