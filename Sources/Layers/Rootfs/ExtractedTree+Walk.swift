internal import Store

/// Reading a tree in the order of an mtree.
extension ExtractedTree {
  /// Visits everything in the tree: a directory, its other entries, its sub-directories, its end.
  ///
  /// Names are sorted by their bytes. Uses memory for the names of one directory of each level.
  /// The sizes and link counts of directories are those that the file system showed when the
  /// extraction ended.
  ///
  /// - Throws: Only what `visit` throws, which ends the walk.
  package func walk<Failure: Error>(
    _ visit: (ExtractedStep) throws(Failure) -> Void
  ) throws(Failure) {
    var pending: [[Node]] = []
    pending.append(try enter(.root, visit))
    while var directories = pending.popLast() {
      guard let next = directories.popLast() else {
        try visit(.leave)
        continue
      }
      pending.append(directories)
      pending.append(try enter(next, visit))
    }
  }

  /// Visits a directory and its plain entries; returns its sub-directories, last one first.
  private func enter<Failure: Error>(
    _ directory: Node, _ visit: (ExtractedStep) throws(Failure) -> Void
  ) throws(Failure) -> [Node] {
    try visit(.enter(entry(directory), path: path(of: directory)))
    var items: [Node] = []
    var directories: [Node] = []
    var child = firstChild(of: directory)
    while child != .none {
      if self[child].kind == .directory { directories.append(child) } else { items.append(child) }
      child = nextSibling(of: child)
    }
    items.sort { name(of: $0).precedes(name(of: $1)) }
    for item in items { try visit(.item(entry(item))) }
    directories.sort { name(of: $1).precedes(name(of: $0)) }
    return directories
  }

  /// The facts of one name.
  func entry(_ node: Node) -> ExtractedEntry {
    let file = self[node]
    let isLink = file.kind == .symbolicLink
    return ExtractedEntry(
      name: Array(name(of: node)), kind: file.kind, permissions: UInt32(file.permissions),
      userID: file.userID, groupID: file.groupID, size: file.size,
      linkCount: file.kind == .directory ? file.directoryLinkCount : UInt64(file.nameCount),
      modificationSeconds: file.modificationSeconds,
      linkTarget: isLink ? Array(text(of: file)) : nil,
      contentHash: file.kind == .regular ? file.contentHash : nil,
      attributes: isLink ? [] : ExtendedAttribute.decode(text(of: file)))
  }
}

extension ExtendedAttribute {
  /// Attributes as one string: for each one two 32-bit lengths, then the name and the value.
  static func encode(_ attributes: [ExtendedAttribute]) -> [UInt8] {
    var bytes: [UInt8] = []
    for attribute in attributes {
      for count in [attribute.name.count, attribute.value.count] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: count)) { bytes.append(contentsOf: $0) }
      }
      bytes.append(contentsOf: attribute.name)
      bytes.append(contentsOf: attribute.value)
    }
    return bytes
  }

  /// The reverse of ``encode(_:)``.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> [ExtendedAttribute] {
    var attributes: [ExtendedAttribute] = []
    var rest = bytes[...]
    while rest.count >= 8 {
      let lengths = UnsafeRawBufferPointer(rebasing: rest.prefix(8))
      let nameCount = Int(lengths.loadUnaligned(as: UInt32.self))
      let valueCount = Int(lengths.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      rest = rest.dropFirst(8)
      let name = Array(rest.prefix(nameCount))
      rest = rest.dropFirst(nameCount)
      attributes.append(ExtendedAttribute(name: name, value: Array(rest.prefix(valueCount))))
      rest = rest.dropFirst(valueCount)
    }
    return attributes
  }
}
