package import Store

/// One entry of a layer that is being generated, in terms of the image.
package struct LayerEntry: Equatable, Sendable {
  /// What kind of thing an entry is.
  package enum Kind: Equatable, Sendable {
    /// A file of that many bytes, holes included; its content follows.
    case regular(size: Int64)
    /// A folder.
    case directory
    /// A symbolic link with its target, any bytes but NUL.
    case symbolicLink(target: [UInt8])
    /// Another name of an earlier entry.
    case hardLink(target: [UInt8])
    /// A character device.
    case characterDevice(major: UInt32, minor: UInt32)
    /// A block device.
    case blockDevice(major: UInt32, minor: UInt32)
    /// A fifo.
    case fifo
  }

  /// The name relative to the root, any bytes but NUL; `.` is the root.
  package var path: [UInt8]
  /// What kind of thing it is.
  package var kind: Kind
  /// The twelve permission bits.
  package var permissions: UInt16
  /// The owner as the image sees it.
  package var userID: UInt32
  /// The group as the image sees it.
  package var groupID: UInt32
  /// When the content was changed last, in seconds and nanoseconds since the epoch, UTC.
  package var modificationTime: FileTime
  /// The extended attributes, in the order in which they are written.
  package var attributes: [ExtendedAttribute]

  /// Makes an entry; without the optional parts it is like that of a whiteout: all zeros.
  package init(
    path: [UInt8], kind: Kind, permissions: UInt16 = 0, userID: UInt32 = 0, groupID: UInt32 = 0,
    modificationTime: FileTime = FileTime(seconds: 0, nanoseconds: 0),
    attributes: [ExtendedAttribute] = []
  ) {
    self.path = path
    self.kind = kind
    self.permissions = permissions
    self.userID = userID
    self.groupID = groupID
    self.modificationTime = modificationTime
    self.attributes = attributes
  }

  /// The number of bytes of its content.
  var size: Int64 { if case .regular(let size) = kind { size } else { 0 } }
}
