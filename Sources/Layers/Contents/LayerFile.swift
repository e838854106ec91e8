package import Store

/// What an image has at one path: everything that a comparison of two file systems looks at.
package struct LayerFile: Equatable, Sendable {
  /// What kind of thing it is.
  package enum Kind: String, Sendable {
    /// A file.
    case regular = "file"
    /// A folder.
    case directory = "folder"
    /// A symbolic link.
    case symbolicLink = "symlink"
    /// A hard link to a path that no layer has.
    case hardLink = "hard link"
    /// A character device.
    case characterDevice = "character device"
    /// A block device.
    case blockDevice = "block device"
    /// A fifo.
    case fifo = "fifo"
  }

  /// What kind of thing it is.
  package let kind: Kind
  /// The twelve permission bits.
  package let permissions: UInt16
  /// The owner as the image sees it.
  package let userID: UInt32
  /// The group as the image sees it.
  package let groupID: UInt32
  /// The length of a file in bytes.
  package let size: Int64
  /// The SHA-256 digest of a file's content, holes read as zeros.
  package let content: Digest?
  /// The target of a link.
  package let linkTarget: [UInt8]
  /// Major and minor number of a device.
  package let device: [UInt32]
  /// A digest of the extended attributes, sorted by name; nil for none.
  package let attributes: Digest?
}

extension LayerFile {
  /// What a table holds of a path; see ``FileTable`` for where it keeps what a record has no room for.
  init(_ tree: ExtractedTree, _ node: ExtractedTree.Node) {
    let record = tree[node]
    kind = Kind(record.kind)
    permissions = record.permissions
    userID = record.userID
    groupID = record.groupID
    let isDevice = kind == .characterDevice || kind == .blockDevice
    size = kind == .regular ? record.size : 0
    device =
      isDevice
      ? [UInt32(truncatingIfNeeded: record.size >> 32), UInt32(truncatingIfNeeded: record.size)]
      : []
    content = kind == .regular ? Digest(sha256: record.contentHash.bytes) : nil
    let text = Array(tree.text(of: record))
    let attributeCount = record.flags.contains(.hasAttributes) ? 32 : 0
    attributes = attributeCount > 0 ? Digest(sha256: text.suffix(attributeCount)) : nil
    linkTarget = Array(text.dropLast(attributeCount))
  }
}

extension LayerFile.Kind {
  fileprivate init(_ kind: FileStatus.Kind) {
    switch kind {
    case .regular: self = .regular
    case .directory: self = .directory
    case .symbolicLink: self = .symbolicLink
    case .characterDevice: self = .characterDevice
    case .blockDevice: self = .blockDevice
    case .fifo: self = .fifo
    // What no layer makes; a table uses it for links that lead nowhere.
    case .socket, .unknown: self = .hardLink
    }
  }
}
